import { APIM_CLOUDS } from './apim-cloud.ts'
import type { ApimCloud } from './apim-cloud.ts'
import type { ApimInputs } from './inputs.ts'

export const OPERATION_PATH = '/mcp'
export const POLICY_API_VERSION = '2024-05-01'
/** Set by the gateway, checked by a server that trusts it instead of tokens. */
export const SENTINEL_HEADER = 'X-Gateway-Secret'
export const MAX_CACHE_SECONDS = 3000
export const EXCHANGE_TIMEOUT_SECONDS = 20

/** What the artefacts call things, and the URLs that they agree on. */
export interface Names extends ApimCloud {
  readonly apiId: string
  readonly displayName: string
  readonly resourceGroup: string
  readonly tenantEndpoint: string
  readonly issuer: string
  readonly metadataUrl: string
  readonly apiResource: string
  readonly endpointResource: string
  readonly qualifiedScope: string
}

export function namesOf({ cloud, apiPath, tenant, host, gatewayClientId, scope }: ApimInputs): Names {
  const issuer = `https://${host}`
  const azure = APIM_CLOUDS[cloud]
  return {
    ...azure,
    apiId: `${apiPath}-mcp`,
    displayName: `${apiPath.charAt(0).toUpperCase()}${apiPath.slice(1)} MCP`,
    resourceGroup: `rg-${apiPath}-mcp`,
    tenantEndpoint: `${azure.authority}/${tenant}/oauth2/v2.0`,
    issuer,
    metadataUrl: `${issuer}/.well-known/oauth-protected-resource`,
    apiResource: `${issuer}/${apiPath}`,
    endpointResource: `${issuer}/${apiPath}${OPERATION_PATH}`,
    qualifiedScope: `api://${gatewayClientId}/${scope}`,
  }
}
