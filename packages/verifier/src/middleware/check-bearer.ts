import { readBearer } from '../bearer.ts'
import { challengeFor } from '../challenge.ts'
import { deny, isDenied, TOKEN_TERMS, type Denial, type Terms } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import type { TokenVerifier } from '../token-verifier.ts'
import type { VerifiedToken } from '../verified-token.ts'

export interface BearerOptions<Token extends VerifiedToken, Request> {
  readonly verifier: Pick<TokenVerifier<Token>, 'verify'>
  /** Absolute URL of this server's protected resource metadata (RFC 9728). None where no client can sign in: only opaque tokens. */
  readonly resourceMetadataUrl?: string
  /** Asked of every token, beside what its connection asks. App-only tokens have no scopes, so it refuses them. */
  readonly requiredScope?: string
  readonly onDenial?: (denial: Denial, request: Request) => void
  readonly onFault?: (fault: unknown, request: Request) => void
}

/** What goes back in place of an answer of the server: 401, 403 or 503. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The one door of all middleware: a caller who is proven, or the refusal. It never rejects: an unknown error is a 503. */
export async function checkBearer<Token extends VerifiedToken, Request>(
  rawHeaders: readonly string[],
  request: Request,
  options: BearerOptions<Token, Request>,
): Promise<{ readonly caller: Token } | { readonly refusal: Refusal }> {
  try {
    const outcome = await authenticate(rawHeaders, options)
    if (!isDenied(outcome)) return { caller: outcome }
    options.onDenial?.(outcome, request)
    return { refusal: refusalOf(outcome, options) }
  } catch (fault) {
    options.onFault?.(fault, request)
    return { refusal: refusalOfFault(fault) }
  }
}

async function authenticate<Token extends VerifiedToken>(
  rawHeaders: readonly string[],
  { verifier, requiredScope }: Pick<BearerOptions<Token, never>, 'verifier' | 'requiredScope'>,
): Promise<Token | Denial> {
  const accessToken = readBearer(rawHeaders)
  if (typeof accessToken !== 'string') return accessToken
  const outcome = await verifier.verify(accessToken)
  if (isDenied(outcome) || requiredScope === undefined || outcome.scopes.includes(requiredScope)) return outcome
  return deny({ code: 'scope_insufficient', required: [requiredScope], presented: outcome.scopes })
}

function refusalOf(
  denial: Denial,
  options: { readonly resourceMetadataUrl?: string; readonly requiredScope?: string },
): Refusal {
  const { code } = denial.denied
  const { status, error = code, says }: Terms = TOKEN_TERMS[code]
  const { resourceMetadataUrl, requiredScope: scope } = options
  const challenge = challengeFor(denial, { resourceMetadataUrl, scope })
  return refusal(status, { 'www-authenticate': challenge }, { error, error_description: says })
}

/** No challenge: a client that got one would throw a good token away and start to sign in. */
function refusalOfFault(fault: unknown): Refusal {
  const retryAfterSeconds = fault instanceof VerificationFault ? fault.retryAfterSeconds : 5
  return refusal(
    503,
    { 'retry-after': `${retryAfterSeconds}` },
    { error: 'temporarily_unavailable', error_description: 'The access token could not be verified now.' },
  )
}

const refusal = (status: number, headers: Record<string, string>, body: Record<string, string>): Refusal => ({
  status,
  headers: { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})
