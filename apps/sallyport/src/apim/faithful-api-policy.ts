import { xmlAttribute, xmlLiteral } from './escape.ts'
import type { ApimInputs } from './inputs.ts'
import { namesOf } from './names.ts'
import { oboRequest } from './obo-request.ts'
import { challenge401, policies, setHeader, setVariable, when } from './policy-parts.ts'
import { NAMED_VALUES, validateToken } from './validate-token.ts'

/** policy.xml in the shape of the source guide, whose traps it keeps. */
export function faithfulApiPolicy(inputs: ApimInputs): string {
  const names = namesOf(inputs)
  const key = xmlAttribute('@("obo-mcp-" + (string)context.Variables["userOid"])')
  const exchange = `${oboRequest(names, { assertion: 'context.Request.Headers.GetValueOrDefault("Authorization", "").Substring(7)', ignoreError: false })}
${setVariable('oboToken', '@((string)((IResponse)context.Variables["oboResponse"]).Body.As<JObject>()["access_token"])')}
<cache-store-value key="${key}" value="${xmlAttribute('@((string)context.Variables["oboToken"])')}" duration="3000" />`
  const inbound = `<base />
${validateToken(inputs, '')}
${NAMED_VALUES}
${setVariable(
  'userOid',
  `@{
  var header = context.Request.Headers.GetValueOrDefault("Authorization", "");
  var token = header.StartsWith("Bearer ") ? header.Substring(7) : header;
  return token.AsJwt().Claims.GetValueOrDefault("oid", "");
}`,
)}
<cache-lookup-value key="${key}" variable-name="oboToken" />
${when('!context.Variables.ContainsKey("oboToken")', exchange)}
${setHeader('Authorization', '@("Bearer " + (string)context.Variables["oboToken"])')}
<rewrite-uri template="${xmlLiteral(inputs.backend.path)}" />`
  return policies([
    ['inbound', inbound],
    ['backend', '<base />'],
    ['outbound', '<base />'],
    ['on-error', `<base />\n${challenge401(names)}`],
  ])
}
