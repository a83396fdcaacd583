import { OPERATIONS, policyFile } from './deploy.ts'
import { bashWord } from './escape.ts'
import type { ApimInputs } from './inputs.ts'
import { OPERATION_PATH, POLICY_API_VERSION, namesOf } from './names.ts'
import { verification } from './verification.ts'

/** The commands of the source guide, in their order: a new service at each run, the secret as an argument. */
export function faithfulDeployScript(inputs: ApimInputs): string {
  const names = namesOf(inputs)
  const policies = OPERATIONS.map(([id]) => id).filter((id) => id !== 'token')
  return `#!/usr/bin/env bash
# Creates a gateway as the source guide does. Other users of this machine can read the secret while az runs.
set -euo pipefail
cd "$(dirname "\${BASH_SOURCE[0]}")"

HOST=${bashWord(inputs.host)}
GATEWAY_APP=${bashWord(inputs.gatewayClientId)}
SCOPE=${bashWord(names.qualifiedScope)}
API_ID=${bashWord(names.apiId)}
API_PATH=${bashWord(inputs.apiPath)}
TENANT_ENDPOINT=${bashWord(names.tenantEndpoint)}
RG=${bashWord(names.resourceGroup)}
LOCATION='westeurope'

fail() {
  printf 'deploy.sh: %s\\n' "$1" >&2
  exit 1
}

${verification(names)}

if [ "\${1:-}" = verify ]; then
  verify
  exit 0
fi
[ -n "\${GATEWAY_SECRET:-}" ] || fail 'GATEWAY_SECRET must hold the client secret of the gateway'
APIM="\${APIM:-apim-${inputs.apiPath}-$(openssl rand -hex 3)}"

az group create --name "$RG" --location "$LOCATION"
az deployment group create --resource-group "$RG" --template-file apim.bicep --parameters \\
  "name=$APIM" "location=$LOCATION" ${bashWord(`publisherEmail=${inputs.publisherEmail}`)} \\
  ${bashWord(`publisherName=${inputs.publisherName}`)}
az apim show --resource-group "$RG" --name "$APIM" --query gatewayUrl -o tsv

put_value() {
  az apim nv create --resource-group "$RG" --service-name "$APIM" --named-value-id "$1" --display-name "$1" \\
    --value "$2" --secret "$3"
}
put_value entra-tenant-id ${bashWord(inputs.tenant)} false
put_value apim-gateway-app-id "$GATEWAY_APP" false
put_value apim-gateway-client-secret "$GATEWAY_SECRET" true
put_value mcp-api-app-id ${bashWord(inputs.apiClientId)} false

az apim api create --resource-group "$RG" --service-name "$APIM" --api-id "$API_ID" \\
  --display-name ${bashWord(names.displayName)} --path "$API_PATH" --service-url ${bashWord(inputs.backend.origin)} \\
  --protocols https --subscription-required false
az apim api operation create --resource-group "$RG" --service-name "$APIM" --api-id "$API_ID" \\
  --operation-id post-mcp --display-name MCP --method POST --url-template ${bashWord(OPERATION_PATH)}

SUB="$(az account show --query id -o tsv)"
SERVICE=${bashWord(names.resourceManager)}"/subscriptions/$SUB/resourceGroups/$RG/providers/Microsoft.ApiManagement/service/$APIM"
put_policy() {
  jq -Rs '{properties:{value:.,format:"xml"}}' "$2" >policy-body.json
  az rest --method put --uri "$SERVICE/$1/policies/policy?api-version=${POLICY_API_VERSION}" --body @policy-body.json
}
put_policy "apis/$API_ID" policy.xml

az apim api create --resource-group "$RG" --service-name "$APIM" --api-id oauth-proxy --display-name 'OAuth Proxy' \\
  --path '' --service-url "$TENANT_ENDPOINT" --protocols https --subscription-required false
${OPERATIONS.map(
  ([id, method, template]) =>
    `az apim api operation create --resource-group "$RG" --service-name "$APIM" --api-id oauth-proxy \\
  --operation-id ${id} --display-name ${id} --method ${method} --url-template ${bashWord(template)}`,
).join('\n')}
# No policy for token: it is passed through to the tenant as it comes.
${policies.map((id) => `put_policy apis/oauth-proxy/operations/${id} ${policyFile(id)}`).join('\n')}
printf 'Deployed. Once %s is a name of this service: ./deploy.sh verify\\n' "$HOST"
`
}
