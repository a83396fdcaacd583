import { bashWord } from './escape.ts'
import type { Names } from './names.ts'
import { indent } from './policy-parts.ts'

/** RFC 7636 appendix B: long enough for a server that checks the length. */
const CODE_CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

/** A bash function that asks the four questions of a client that has no token yet. It expects HOST and the like. */
export const verification = ({ metadataUrl }: Names): string => `# The head of the answer, one line each.
answer() {
  curl --silent --show-error --max-time 30 --output /dev/null --dump-header - "$@" | tr -d '\\r'
}

expect() {
  # Not grep -q in a pipe: it would end the writer early, which pipefail counts as a failure.
  case "$3" in
    *"$2"*) printf 'ok   %s\\n' "$1" ;;
    *) fail "$1: expected $2" ;;
  esac
}

verify() {
${indent(
  `local url="https://$HOST"
expect 'protected resource metadata' ' 200' "$(answer "$url/.well-known/oauth-protected-resource" | head -n 1) "
expect 'authorization server metadata' ' 200' "$(answer "$url/.well-known/oauth-authorization-server" | head -n 1) "
expect 'authorize redirects to Entra' "$TENANT_ENDPOINT/authorize" "$(answer --get "$url/authorize" \\
  --data-urlencode "client_id=$GATEWAY_APP" --data-urlencode response_type=code \\
  --data-urlencode redirect_uri=http://127.0.0.1/ --data-urlencode code_challenge=${CODE_CHALLENGE} \\
  --data-urlencode code_challenge_method=S256 --data-urlencode "scope=$SCOPE" --data-urlencode state=x |
  grep -i '^location:')"
expect 'a call without a token is told where to sign in' ${bashWord(`resource_metadata="${metadataUrl}"`)} \\
  "$(answer --request POST --header 'Content-Type: application/json' --data '{}' "$url/$API_PATH/mcp" |
    grep -i '^www-authenticate:')"`,
  2,
)}
}`
