import { xmlLiteral } from './escape.ts'
import type { ApimInputs } from './inputs.ts'

/** The outer door: an access token of this tenant, for the gateway, with its scope. */
export const validateToken = ({ scope }: ApimInputs, separator: string): string =>
  `<validate-azure-ad-token
    tenant-id="{{entra-tenant-id}}"
    header-name="Authorization"
    failed-validation-httpcode="401"
    failed-validation-error-message="Unauthorized.">
  <audiences>
    <audience>{{apim-gateway-app-id}}</audience>
  </audiences>
  <required-claims>
    <claim name="scp" match="any"${separator}>
      <value>${xmlLiteral(scope)}</value>
    </claim>
  </required-claims>
</validate-azure-ad-token>`

/** Named values reach C# through variables only: right whether or not a gateway substitutes inside expressions. */
export const NAMED_VALUES = `<set-variable name="entraTenantId" value="{{entra-tenant-id}}" />
<set-variable name="gatewayAppId" value="{{apim-gateway-app-id}}" />
<set-variable name="gatewaySecret" value="{{apim-gateway-client-secret}}" />
<set-variable name="mcpApiAppId" value="{{mcp-api-app-id}}" />`
