import { refuseForm } from './authorize-policy.ts'
import { readForm, rewriteForm } from './form-rules.ts'
import type { ApimInputs } from './inputs.ts'
import {
  ANY_ORIGIN,
  JSON_TYPE,
  NO_STORE,
  deleteHeader,
  policies,
  returnResponse,
  setBody,
  setHeader,
  setVariable,
  when,
} from './policy-parts.ts'

const FORM = '((string)context.Variables["form"])'
const MAX_FORM_CHARACTERS = 65_536
const ALLOWED = [
  ...['client_id', 'client_secret', 'grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token'],
]

const refusal = (inputs: ApimInputs): string => `@{
  var type = context.Request.Headers.GetValueOrDefault("Content-Type", "").Split(';')[0].Trim();
  if (!type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)) { return "invalid_request"; }
  if (${FORM}.Length > ${MAX_FORM_CHARACTERS}) { return "invalid_request"; }
  ${readForm(inputs, FORM)}
  if (values["grant_type"] == "refresh_token") { return ""; }
  if (values["grant_type"] != "authorization_code") { return "unsupported_grant_type"; }
  return values["code_verifier"] == "" ? "invalid_request" : "";
}`

/** token-policy.xml: what a client may ask the tenant's token endpoint through this gateway, and no more. */
export function tokenPolicy(inputs: ApimInputs): string {
  const form = '@(context.Request.Body == null ? "" : context.Request.Body.As<string>(preserveContent: true))'
  const inbound = `<base />
${setVariable('form', form)}
<!-- Corrected: two grants only, or anybody could use the tenant's token endpoint through this one. -->
${setVariable('refusal', refusal(inputs))}
${refuseForm([ANY_ORIGIN])}
<!-- Corrected, resource stripped: Entra v2 refuses it here as well. -->
${setBody(rewriteForm(inputs, FORM, ALLOWED, 'refreshes'))}
<!-- Corrected: with Origin, Entra redeems only codes of single-page applications (AADSTS9002326). -->
${['Origin', 'Cookie', 'Authorization'].map(deleteHeader).join('\n')}
<rewrite-uri template="/token" copy-unmatched-params="false" />`
  const outbound = ['<base />', NO_STORE, setHeader('Pragma', 'no-cache'), ANY_ORIGIN, deleteHeader('Set-Cookie')]
  const unreachable = returnResponse(
    503,
    'Service Unavailable',
    [JSON_TYPE, NO_STORE, ANY_ORIGIN],
    '{ "error": "temporarily_unavailable" }',
  )
  return policies([
    ['inbound', inbound],
    ['backend', '<base />'],
    ['outbound', outbound.join('\n')],
    ['on-error', `<base />\n${when('context.LastError.Source == "forward-request"', unreachable)}`],
  ])
}
