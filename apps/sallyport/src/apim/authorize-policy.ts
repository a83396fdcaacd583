import { csharpString, xmlText } from './escape.ts'
import { readForm, rewriteForm } from './form-rules.ts'
import type { ApimInputs } from './inputs.ts'
import { namesOf } from './names.ts'
import { JSON_TYPE, NO_STORE, policies, returnResponse, setHeader, setVariable, when } from './policy-parts.ts'

const QUERY = `context.Request.OriginalUrl.QueryString.TrimStart('?')`

/** `resource` is not among them; what is unknown is not passed on. */
const ALLOWED = [
  ...['client_id', 'response_type', 'redirect_uri', 'state', 'code_challenge', 'code_challenge_method'],
  ...['prompt', 'login_hint', 'domain_hint', 'claims', 'nonce'],
]

const refusal = (inputs: ApimInputs): string => `@{
  ${readForm(inputs, QUERY)}
  if (values["response_type"] != "code") { return "unsupported_response_type"; }
  if (values["response_mode"] != "" && values["response_mode"] != "query") { return "invalid_request"; }
  var challenge = values["code_challenge"].Length;
  var method = values["code_challenge_method"];
  return method == "S256" && challenge >= 43 && challenge <= 128 ? "" : "invalid_request";
}`

/** The error is said here and never by a redirect: this policy cannot know which redirect URIs are trusted. */
export const refuseForm = (headers: readonly string[] = []): string =>
  when(
    '(string)context.Variables["refusal"] != ""',
    returnResponse(
      400,
      'Bad Request',
      [JSON_TYPE, NO_STORE, ...headers],
      '@(new JObject(new JProperty("error", (string)context.Variables["refusal"])).ToString())',
    ),
  )

const redirect = (location: string): string => returnResponse(302, 'Found', [setHeader('Location', xmlText(location))])

/** authorize-policy.xml: sends the browser to Entra, whose page and cookies belong to its own host. */
export function authorizePolicy(inputs: ApimInputs): string {
  const endpoint = csharpString(`${namesOf(inputs).tenantEndpoint}/authorize?`)
  const inbound = `<!-- Corrected: PKCE with S256, and a resource that is this gateway's (RFC 7636, RFC 8707). -->
${setVariable('refusal', refusal(inputs))}
${refuseForm()}
<!-- Corrected, resource stripped: Entra v2 refuses it (AADSTS901002, AADSTS9010010). -->
${setVariable('query', rewriteForm(inputs, QUERY, ALLOWED, 'true'))}
${redirect(`@(${endpoint} + (string)context.Variables["query"])`)}`
  return policies([['inbound', inbound]])
}

export function faithfulAuthorizePolicy(inputs: ApimInputs): string {
  const endpoint = csharpString(`${namesOf(inputs).tenantEndpoint}/authorize`)
  return policies([['inbound', redirect(`@($${endpoint.slice(0, -1)}{context.Request.OriginalUrl.QueryString}")`)]])
}
