import { TOKEN_TERMS, type Denial, type Terms, type TokenDenialReason } from './denial.ts'

const PARAM_NAME = /^[a-z][a-z0-9_-]*$/

/** RFC 6750 §3 allows neither `"` nor `\` in a value, so nothing is escaped: what could break out is replaced. */
const quotable = (value: string) => value.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?')

/** A `WWW-Authenticate` value for the Bearer scheme. Parameters that are undefined are left out; at least one is needed (RFC 6750 §3). */
export function bearerChallenge(params: Record<string, string | undefined>): string {
  const written: string[] = []
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue
    if (!PARAM_NAME.test(name)) throw new TypeError(`Not a parameter name: ${JSON.stringify(name)}`)
    written.push(`${name}="${quotable(value)}"`)
  }
  return `Bearer ${written.join(', ') || 'realm="mcp"'}`
}

export interface ChallengeOptions {
  /** Absolute URL of the protected resource metadata (RFC 9728 §5.1). */
  readonly resourceMetadataUrl?: string | undefined
  /** Scopes that a token for this resource needs, space-separated. */
  readonly scope?: string | undefined
  readonly errorUri?: string | undefined
}

/** The challenge that goes with a denial (RFC 6750 §3, RFC 9728 §5.1). No credential, no `error`. */
export function challengeFor({ denied }: Denial<TokenDenialReason>, options: ChallengeOptions = {}): string {
  const { error, says }: Terms = TOKEN_TERMS[denied.code]
  return bearerChallenge({
    ...(error !== undefined && { error, error_description: says, error_uri: options.errorUri }),
    scope: denied.code === 'scope_insufficient' ? denied.required.join(' ') : options.scope,
    resource_metadata: options.resourceMetadataUrl,
  })
}
