const MAX_LENGTH = 200
/** What our own tokens and every JWT begin with. */
const TOKEN_LIKE = /mcpt_|eyJ/

/**
 * What a call acts on, for logs and traces, which more people read than the audit trail. Names of tools and prompts are
 * kept; addresses of resources lose what may hold a secret; what looks like a token is not repeated at all.
 */
export function toLoggedTarget(method: string | undefined, target: string | undefined): string | undefined {
  if (target === undefined) return undefined
  if (TOKEN_LIKE.test(target)) return '[looks like a token]'
  const shown = method?.startsWith('resources/') ? withoutSecrets(target) : target
  return shown.length > MAX_LENGTH ? `${shown.slice(0, MAX_LENGTH)}…` : shown
}

/** Whatever follows `?` or `#`, and user information, which ends at the last `@` before the path. */
const withoutSecrets = (uri: string): string =>
  uri.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1')
