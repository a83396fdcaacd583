import type { ApimInputs } from './inputs.ts'
import { xmlAttribute, xmlLiteral } from './escape.ts'
import { SENTINEL_HEADER, namesOf } from './names.ts'
import { OBO_FAILURE, OBO_SECONDS, OBO_TOKEN, oboRefusals } from './obo-outcome.ts'
import { oboRequest } from './obo-request.ts'
import {
  JSON_TYPE,
  NO_STORE,
  challenge,
  challenge401,
  deleteHeader,
  policies,
  returnResponse,
  setHeader,
  setVariable,
  when,
} from './policy-parts.ts'
import { NAMED_VALUES, validateToken } from './validate-token.ts'

const OBO_KEY = xmlAttribute('@((string)context.Variables["oboKey"])')

/** What hosts and other gateways put there about the caller: a server behind may believe it, so no caller sets it. */
const CALLER_HEADERS = ['', '-ID', '-NAME', '-IDP'].map((suffix) => deleteHeader(`X-MS-CLIENT-PRINCIPAL${suffix}`))

const INBOUND_TOKEN = setVariable(
  'inboundToken',
  `@{
  var header = context.Request.Headers.GetValueOrDefault("Authorization", "");
  return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header.Substring(7) : "";
}`,
)

const USER_OID = setVariable(
  'userOid',
  `@{
  var jwt = ((string)context.Variables["inboundToken"]).AsJwt();
  return jwt == null ? "" : jwt.Claims.GetValueOrDefault("oid", "");
}`,
)

const CACHE_KEY = setVariable(
  'oboKey',
  `@{
  var token = Encoding.UTF8.GetBytes((string)context.Variables["inboundToken"]);
  var hash = System.Security.Cryptography.SHA256.Create().ComputeHash(token);
  return string.Join("|", "obo-mcp", (string)context.Variables["entraTenantId"],
    (string)context.Variables["gatewayAppId"], (string)context.Variables["mcpApiAppId"],
    (string)context.Variables["userOid"], Convert.ToBase64String(hash));
}`,
)

/** policy.xml: scope of the MCP API. The outer door, then On-Behalf-Of, then the server behind. */
export function apiPolicy(inputs: ApimInputs): string {
  const names = namesOf(inputs)
  const noPerson = returnResponse(
    401,
    'Unauthorized',
    [challenge(names, 'error="invalid_token", '), JSON_TYPE, NO_STORE],
    '{ "error": "invalid_token" }',
  )
  const exchange = `${oboRequest(names, { assertion: '(string)context.Variables["inboundToken"]', ignoreError: true })}
<!-- Corrected, status check: an answer without a token is refused here, neither cached nor sent on. -->
${OBO_FAILURE}
${oboRefusals(names)}
${OBO_TOKEN}
<!-- Corrected, TTL: never longer than the exchanged token less five minutes, nor than the caller's own. -->
${OBO_SECONDS}
${when(
  '(int)context.Variables["oboSeconds"] > 0',
  `<cache-store-value key="${OBO_KEY}" value="${xmlAttribute('@((string)context.Variables["oboToken"])')}" duration="${xmlAttribute('@((int)context.Variables["oboSeconds"])')}" />`,
)}`
  const inbound = `<base />
<!-- Corrected, separator: scp is a list, of which one has to match. -->
${validateToken(inputs, ' separator=" "')}
${NAMED_VALUES}
${INBOUND_TOKEN}
${USER_OID}
<!-- Corrected: nobody shares the cache entry of callers without an object id. -->
${when('string.IsNullOrEmpty((string)context.Variables["userOid"])', noPerson)}
<!-- Corrected, cache key: tenant, gateway, API, person and the token's hash; a new sign-in is a new entry. -->
${CACHE_KEY}
<cache-lookup-value key="${OBO_KEY}" variable-name="oboToken" />
${when('!context.Variables.ContainsKey("oboToken")', exchange)}
${setHeader('Authorization', '@("Bearer " + (string)context.Variables["oboToken"])')}
<!-- Corrected, sentinel of Gateway mode: what proves to the server that the call came through here. -->
${setHeader(SENTINEL_HEADER, '{{gateway-sentinel}}')}
${CALLER_HEADERS.join('\n')}
<!-- Corrected: the caller's query, in which a token may be, stays here. -->
<rewrite-uri template="${xmlLiteral(inputs.backend.path)}" copy-unmatched-params="false" />`
  const outbound = `<base />
<!-- Corrected, challenge of outbound: a 401 of the server behind does not pass through on-error, and names its own sign-in. -->
${when(
  'context.Response.StatusCode == 401',
  `<cache-remove-value key="${OBO_KEY}" />
${challenge(names)}`,
)}`
  return policies([
    ['inbound', inbound],
    [
      'backend',
      `<!-- Corrected: takes the place of base, which would hold back the events of a stream. -->
<forward-request timeout="300" buffer-response="false" />`,
    ],
    ['outbound', outbound],
    ['on-error', `<base />\n${challenge401(names)}`],
  ])
}
