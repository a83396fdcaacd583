import { csharpString, xmlText } from './escape.ts'
import { MAX_CACHE_SECONDS } from './names.ts'
import type { Names } from './names.ts'
import { JSON_TYPE, NO_STORE, challenge, returnResponse, setHeader, setVariable, when } from './policy-parts.ts'

/**
 * What the token endpoint's answer means for the caller; empty when it brought a token.
 * Branches on `error` and `suberror`: the texts and AADSTS numbers change.
 */
export const OBO_FAILURE = setVariable(
  'oboFailure',
  `@{
  var response = context.Variables.ContainsKey("oboResponse") ? context.Variables["oboResponse"] as IResponse : null;
  if (response == null || response.StatusCode == 429 || response.StatusCode >= 500) { return "unavailable"; }
  var type = response.Headers.GetValueOrDefault("Content-Type", "");
  if (!type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase)) { return "misconfigured"; }
  var body = response.Body.As<JObject>(preserveContent: true);
  if (response.StatusCode == 200)
  {
    var token = body["access_token"];
    return token != null && token.Type == JTokenType.String && (string)token != "" ? "" : "misconfigured";
  }
  var error = body["error"] == null ? "" : body["error"].ToString();
  var suberror = body["suberror"] == null ? "" : body["suberror"].ToString();
  if (body["claims"] != null && body["claims"].ToString() != "")
  {
    var jwt = ((string)context.Variables["inboundToken"]).AsJwt();
    var capabilities = jwt == null ? "" : jwt.Claims.GetValueOrDefault("xms_cc", "");
    return capabilities.Split(',').Contains("cp1") ? "claims" : "forbidden";
  }
  if (error == "interaction_required" || error == "access_denied") { return "forbidden"; }
  if (error == "invalid_grant") { return suberror == "consent_required" ? "forbidden" : "invalid_token"; }
  return error == "temporarily_unavailable" || error == "server_error" ? "unavailable" : "misconfigured";
}`,
)

const isFailure = (kind: string): string => `(string)context.Variables["oboFailure"] == "${kind}"`

const refuse = (kind: string, code: number, reason: string, error: string, headers: readonly string[] = []): string =>
  when(isFailure(kind), returnResponse(code, reason, [...headers, JSON_TYPE, NO_STORE], `{ "error": "${error}" }`))

/** Never goes on without a token, and never with the caller's own. */
export const oboRefusals = (names: Names): string =>
  [
    refuse('unavailable', 503, 'Service Unavailable', 'temporarily_unavailable', [setHeader('Retry-After', '5')]),
    refuse('invalid_token', 401, 'Unauthorized', 'invalid_token', [challenge(names, 'error="invalid_token", ')]),
    refuse('claims', 401, 'Unauthorized', 'insufficient_claims', [claimsChallenge(names)]),
    refuse('forbidden', 403, 'Forbidden', 'access_denied'),
    when(
      '(string)context.Variables["oboFailure"] != ""',
      returnResponse(502, 'Bad Gateway', [JSON_TYPE, NO_STORE], '{ "error": "server_error" }'),
    ),
  ].join('\n')

/** Microsoft's format of a claims challenge: the empty realm and `authorization_uri` are part of it. */
const claimsChallenge = ({ tenantEndpoint, metadataUrl }: Names): string =>
  setHeader(
    'WWW-Authenticate',
    xmlText(`@{
  var body = ((IResponse)context.Variables["oboResponse"]).Body.As<JObject>(preserveContent: true);
  var claims = Convert.ToBase64String(Encoding.UTF8.GetBytes(body["claims"].ToString()));
  return "Bearer realm=\\"\\", authorization_uri=\\"" + ${csharpString(`${tenantEndpoint}/authorize`)}
    + "\\", error=\\"insufficient_claims\\", claims=\\"" + claims
    + "\\", resource_metadata=\\"" + ${csharpString(metadataUrl)} + "\\"";
}`),
  )

export const OBO_TOKEN = setVariable(
  'oboToken',
  '@((string)((IResponse)context.Variables["oboResponse"]).Body.As<JObject>(preserveContent: true)["access_token"])',
)

export const OBO_SECONDS = setVariable(
  'oboSeconds',
  `@{
  var body = ((IResponse)context.Variables["oboResponse"]).Body.As<JObject>(preserveContent: true);
  var granted = 0;
  int.TryParse(body["expires_in"] == null ? "" : body["expires_in"].ToString(), out granted);
  var expires = ((string)context.Variables["inboundToken"]).AsJwt().ExpirationTime;
  var left = expires.HasValue ? expires.Value.Subtract(DateTime.UtcNow).TotalSeconds : 0;
  return (int)Math.Min(${MAX_CACHE_SECONDS}, Math.Min(left, granted - 300));
}`,
)
