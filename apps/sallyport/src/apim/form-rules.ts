import { csharpString } from './escape.ts'
import type { ApimInputs } from './inputs.ts'
import { namesOf } from './names.ts'

const set = (values: readonly string[]): string => `new HashSet<string> { ${values.map(csharpString).join(', ')} }`

/** The parameters that rules ask for: empty when not given. */
const READ = [
  ...['scope', 'response_type', 'response_mode', 'code_challenge', 'code_challenge_method'],
  ...['grant_type', 'code_verifier'],
]

/**
 * C# that reads `source`, a form-encoded string, into `values`. Answers an OAuth error for a `resource` that is not
 * ours (RFC 8707 §2), a parameter given twice (RFC 6749 §3.1) and a scope of another API.
 */
export function readForm(inputs: ApimInputs, source: string): string {
  const { issuer, apiResource, endpointResource, qualifiedScope } = namesOf(inputs)
  const api = qualifiedScope.slice(0, -inputs.scope.length)
  return `var ours = ${set([issuer, apiResource, endpointResource])};
  var values = new Dictionary<string, string>();
  foreach (var pair in ${source}.Split('&'))
  {
    if (pair == "") { continue; }
    var at = pair.IndexOf('=');
    var name = System.Net.WebUtility.UrlDecode(at < 0 ? pair : pair.Substring(0, at));
    var value = at < 0 ? "" : System.Net.WebUtility.UrlDecode(pair.Substring(at + 1));
    if (name == "resource")
    {
      if (!ours.Contains(value.EndsWith("/", StringComparison.Ordinal) ? value.Substring(0, value.Length - 1) : value)) { return "invalid_target"; }
      continue;
    }
    if (values.ContainsKey(name)) { return "invalid_request"; }
    values[name] = value;
  }
  foreach (var name in ${set(READ)}) { if (!values.ContainsKey(name)) { values[name] = ""; } }
  var scopes = values["scope"].Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
  var common = ${set(['openid', 'profile', 'email', 'offline_access', inputs.scope])};
  if (!scopes.All(scope => common.Contains(scope) || scope.StartsWith(${csharpString(api)}, StringComparison.Ordinal))) { return "invalid_scope"; }
  if (scopes.Length > 1 && scopes.Contains(${csharpString(`${api}.default`)})) { return "invalid_scope"; }`
}

/**
 * C# that writes `source` again: without `resource`, which Entra v2 refuses, and with the scope in full. Other pairs
 * keep their very bytes, so that `state` comes back as it was sent.
 */
export function rewriteForm(
  inputs: ApimInputs,
  source: string,
  allowed: readonly string[],
  defaultWhen: string,
): string {
  const { qualifiedScope } = namesOf(inputs)
  return `@{
  var allowed = ${set(allowed)};
  var kept = new List<string>();
  var scopes = new List<string>();
  var refreshes = false;
  foreach (var pair in ${source}.Split('&'))
  {
    if (pair == "") { continue; }
    var at = pair.IndexOf('=');
    var name = System.Net.WebUtility.UrlDecode(at < 0 ? pair : pair.Substring(0, at));
    var value = at < 0 ? "" : System.Net.WebUtility.UrlDecode(pair.Substring(at + 1));
    if (name == "scope") { scopes.AddRange(value.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries)); }
    if (name == "grant_type") { refreshes = value == "refresh_token"; }
    if (allowed.Contains(name)) { kept.Add(pair); }
  }
  if (scopes.Count == 0 && ${defaultWhen}) { scopes.Add(${csharpString(qualifiedScope)}); scopes.Add("offline_access"); }
  var full = scopes.Select(scope => scope == ${csharpString(inputs.scope)} ? ${csharpString(qualifiedScope)} : scope);
  if (scopes.Count > 0) { kept.Add("scope=" + System.Net.WebUtility.UrlEncode(string.Join(" ", full))); }
  return string.Join("&", kept);
}`
}
