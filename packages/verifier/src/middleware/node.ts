import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBearer } from '../bearer.ts'
import { challengeFor } from '../challenge.ts'
import { deny, isDenied, TOKEN_TERMS, type Denial, type Terms } from '../denial.ts'
import type { EntraVerifier } from '../entra/verifier.ts'
import { VerificationFault } from '../fault.ts'
import type { VerifiedToken } from '../verified-token.ts'

export interface RequireBearerOptions {
  readonly verifier: Pick<EntraVerifier, 'verify'>
  /** Absolute URL of this server's protected resource metadata (RFC 9728). */
  readonly resourceMetadataUrl: string
  /** Asked of every token, beside what its connection asks. App-only tokens have no scopes, so it refuses them. */
  readonly requiredScope?: string
  readonly onDenial?: (denial: Denial, req: IncomingMessage) => void
  readonly onFault?: (fault: unknown, req: IncomingMessage) => void
}

export type RequireBearer = (req: IncomingMessage, res: ServerResponse) => Promise<VerifiedToken | undefined>

/**
 * For plain node:http. Answers the verified token, or undefined when it has already answered 401, 403 or 503.
 *
 * ```ts
 * const authenticate = requireBearer({ verifier, resourceMetadataUrl })
 * createServer(async (req, res) => {
 *   const caller = await authenticate(req, res)
 *   if (caller) res.end(`Hello ${caller.subject}`)
 * })
 * ```
 */
export function requireBearer(options: RequireBearerOptions): RequireBearer {
  return async (req, res) => {
    try {
      const outcome = await authenticate(req, options)
      if (!isDenied(outcome)) return outcome
      options.onDenial?.(outcome, req)
      refuse(res, outcome, options)
    } catch (fault) {
      options.onFault?.(fault, req)
      answerFault(res, fault)
    }
    return undefined
  }
}

async function authenticate(req: IncomingMessage, options: RequireBearerOptions): Promise<VerifiedToken | Denial> {
  const accessToken = readBearer(req.rawHeaders)
  if (typeof accessToken !== 'string') return accessToken
  const outcome = await options.verifier.verify(accessToken)
  const { requiredScope } = options
  if (isDenied(outcome) || requiredScope === undefined || outcome.scopes.includes(requiredScope)) return outcome
  return deny({ code: 'scope_insufficient', required: [requiredScope], presented: outcome.scopes })
}

function refuse(res: ServerResponse, denial: Denial, options: RequireBearerOptions): void {
  const { code } = denial.denied
  const { status, error = code, says }: Terms = TOKEN_TERMS[code]
  const { resourceMetadataUrl, requiredScope: scope } = options
  res.setHeader('www-authenticate', challengeFor(denial, { resourceMetadataUrl, scope }))
  answer(res, status, { error, error_description: says })
}

/** No challenge: a client that got one would throw a good token away and start to sign in. */
function answerFault(res: ServerResponse, fault: unknown): void {
  res.setHeader('retry-after', fault instanceof VerificationFault ? fault.retryAfterSeconds : 5)
  answer(res, 503, {
    error: 'temporarily_unavailable',
    error_description: 'The access token could not be verified now.',
  })
}

function answer(res: ServerResponse, status: number, body: Record<string, string>): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body))
}
