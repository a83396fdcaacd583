import { csharpString } from './escape.ts'
import { EXCHANGE_TIMEOUT_SECONDS } from './names.ts'
import type { Names } from './names.ts'
import { indent, setBody, setHeader } from './policy-parts.ts'

interface OboRequest {
  readonly assertion: string
  /** Whether the policy itself deals with a token endpoint that does not answer. */
  readonly ignoreError: boolean
}

/** On-Behalf-Of: six form fields, each name and value encoded. */
export const oboRequest = (names: Names, { assertion, ignoreError }: OboRequest): string =>
  `<send-request mode="new" response-variable-name="oboResponse" timeout="${EXCHANGE_TIMEOUT_SECONDS}" ignore-error="${ignoreError}">
  <set-url>@(${csharpString(`${names.authority}/`)} + (string)context.Variables["entraTenantId"] + "/oauth2/v2.0/token")</set-url>
  <set-method>POST</set-method>
${indent(setHeader('Content-Type', 'application/x-www-form-urlencoded'), 2)}
${indent(setBody(form(assertion)), 2)}
</send-request>`

const form = (assertion: string): string => `@{
  var fields = new Dictionary<string, string>
  {
    { "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer" },
    { "client_id", (string)context.Variables["gatewayAppId"] },
    { "client_secret", (string)context.Variables["gatewaySecret"] },
    { "assertion", ${assertion} },
    { "scope", "api://" + (string)context.Variables["mcpApiAppId"] + "/.default" },
    { "requested_token_use", "on_behalf_of" }
  };
  return string.Join("&", fields.Select(field =>
    System.Net.WebUtility.UrlEncode(field.Key) + "=" + System.Net.WebUtility.UrlEncode(field.Value)));
}`
