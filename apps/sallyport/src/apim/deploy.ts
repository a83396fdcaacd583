import { APIM_CLOUDS } from './apim-cloud.ts'
import { bashWord } from './escape.ts'
import type { ApimInputs } from './inputs.ts'
import { ENDPOINT_METADATA_OPERATION } from './metadata-policies.ts'
import { OPERATION_PATH, POLICY_API_VERSION, namesOf } from './names.ts'
import { verification } from './verification.ts'

export const OPERATIONS = [
  ['prm-metadata', 'GET', '/.well-known/oauth-protected-resource'],
  ['as-metadata', 'GET', '/.well-known/oauth-authorization-server'],
  ['authorize', 'GET', '/authorize'],
  ['token', 'POST', '/token'],
] as const

/** The name of the service, when the host is one that API Management gave it. */
function serviceName({ host, cloud }: ApimInputs): string {
  const { gatewaySuffix } = APIM_CLOUDS[cloud]
  const name = host.endsWith(gatewaySuffix) ? host.slice(0, -gatewaySuffix.length) : ''
  return name.includes('.') ? '' : name
}

/** deploy.sh: every step creates or replaces, so that it can be run again. */
export function deployScript(inputs: ApimInputs): string {
  const names = namesOf(inputs)
  const [prm, ...others] = OPERATIONS
  const operations = [
    prm,
    [ENDPOINT_METADATA_OPERATION, 'GET', `${prm[2]}/${inputs.apiPath}${OPERATION_PATH}`] as const,
    ...others,
  ]
  return `#!/usr/bin/env bash
# Creates or updates the gateway. Needs az (signed in), jq, openssl and curl.
set -euo pipefail
case "\${GATEWAY_SECRET_FILE:-}" in
  '' | /*) ;;
  *) GATEWAY_SECRET_FILE="$PWD/$GATEWAY_SECRET_FILE" ;;
esac
cd "$(dirname "\${BASH_SOURCE[0]}")"

HOST=${bashWord(inputs.host)}
TENANT=${bashWord(inputs.tenant)}
GATEWAY_APP=${bashWord(inputs.gatewayClientId)}
MCP_API_APP=${bashWord(inputs.apiClientId)}
SCOPE=${bashWord(names.qualifiedScope)}
API_ID=${bashWord(names.apiId)}
API_NAME=${bashWord(names.displayName)}
API_PATH=${bashWord(inputs.apiPath)}
BACKEND=${bashWord(inputs.backend.origin)}
TENANT_ENDPOINT=${bashWord(names.tenantEndpoint)}
CLOUD=${bashWord(names.azName)}
DEFAULT_GROUP=${bashWord(names.resourceGroup)}
DEFAULT_NAME=${bashWord(serviceName(inputs))}

RG="\${RG:-$DEFAULT_GROUP}"
LOCATION="\${LOCATION:-westeurope}"
APIM="\${APIM:-$DEFAULT_NAME}"
SKU="\${SKU:-BasicV2}"
SENTINEL_FILE="\${SENTINEL_FILE:-gateway-sentinel.secret}"

fail() {
  printf 'deploy.sh: %s\\n' "$1" >&2
  exit 1
}

${verification(names)}

put_policy() {
  # The file goes in whole, as a JSON string: nothing of it is read by the shell.
  jq -Rs '{properties: {value: ., format: "xml"}}' "$2" >"$WORK/policy-body.json"
  az rest --method put --uri "$SERVICE/$1/policies/policy?api-version=${POLICY_API_VERSION}" \\
    --body "@$WORK/policy-body.json" --output none
}

put_value() {
  az apim nv create --resource-group "$RG" --service-name "$APIM" --named-value-id "$1" --display-name "$1" \\
    --value "$2" --secret "$3" --output none
}

put_api() {
  az apim api create --resource-group "$RG" --service-name "$APIM" --api-id "$1" --display-name "$2" --path "$3" \\
    --service-url "$4" --protocols https --subscription-required false --output none
}

put_operation() {
  az apim api operation create --resource-group "$RG" --service-name "$APIM" --api-id "$1" --operation-id "$2" \\
    --display-name "$3" --method "$4" --url-template "$5" --output none
}

if [ "\${1:-}" = verify ]; then
  verify
  exit 0
fi

[ -n "$APIM" ] || fail 'APIM must name the service, because the host is a domain of your own'
[ -s "\${GATEWAY_SECRET_FILE:-}" ] || fail 'GATEWAY_SECRET_FILE must name the file with the client secret of the gateway'
[ "$(az cloud show --query name -o tsv)" = "$CLOUD" ] || fail "az is set to another cloud; first: az cloud set --name $CLOUD"

SUB="$(az account show --query id -o tsv)"
SERVICE=${bashWord(names.resourceManager)}"/subscriptions/$SUB/resourceGroups/$RG/providers/Microsoft.ApiManagement/service/$APIM"
umask 077
WORK="$(mktemp -d)"
trap 'rm -rf "$WORK"' EXIT

# Corrected, sentinel of Gateway mode: made once, kept in a file, never shown.
if [ ! -s "$SENTINEL_FILE" ]; then
  openssl rand -hex 32 | tr -d '\\n' >"$SENTINEL_FILE"
fi

az group create --name "$RG" --location "$LOCATION" --output none
# Corrected, idempotent: the name comes from the host, where a random one would make another service at each run.
az deployment group create --resource-group "$RG" --name apim --template-file apim.bicep \\
  --parameters "name=$APIM" "location=$LOCATION" "skuName=$SKU" --output none
GATEWAY_HOST="$(az apim show --resource-group "$RG" --name "$APIM" --query gatewayUrl -o tsv)"
GATEWAY_HOST="\${GATEWAY_HOST#https://}"

# Corrected, no secret on a command line: az reads these two from their files.
put_value entra-tenant-id "$TENANT" false
put_value apim-gateway-app-id "$GATEWAY_APP" false
put_value apim-gateway-client-secret "@$GATEWAY_SECRET_FILE" true
put_value mcp-api-app-id "$MCP_API_APP" false
put_value gateway-sentinel "@$SENTINEL_FILE" true

# Corrected: the policy is there before the operation, which nobody then reaches without it.
put_api "$API_ID" "$API_NAME" "$API_PATH" "$BACKEND"
put_policy "apis/$API_ID" policy.xml
put_operation "$API_ID" post-mcp MCP POST ${bashWord(OPERATION_PATH)}

put_api oauth-proxy 'OAuth Proxy' '' "$TENANT_ENDPOINT"
${operations.map(([id, method, template]) => `put_operation oauth-proxy ${id} ${id} ${method} ${bashWord(template)}\nput_policy apis/oauth-proxy/operations/${id} ${policyFile(id)}`).join('\n')}

printf 'Deployed. The sentinel for the server behind is in %s.\\n' "$SENTINEL_FILE"
if [ "$GATEWAY_HOST" = "$HOST" ]; then
  verify
else
  printf '%s is not yet a name of this service, which is %s: add it as a custom domain, then: ./deploy.sh verify\\n' \\
    "$HOST" "$GATEWAY_HOST"
fi
`
}

export const policyFile = (operation: string): string =>
  operation.startsWith('prm-metadata') ? 'prm-policy.xml' : `${operation}-policy.xml`
