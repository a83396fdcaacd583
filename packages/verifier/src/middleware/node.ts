import type { IncomingMessage, ServerResponse } from 'node:http'
import type { VerifiedToken } from '../verified-token.ts'
import { checkBearer, type BearerOptions } from './check-bearer.ts'

export type RequireBearerOptions<Token extends VerifiedToken = VerifiedToken> = BearerOptions<Token, IncomingMessage>

export type RequireBearer<Token extends VerifiedToken = VerifiedToken> = (
  req: IncomingMessage,
  res: ServerResponse,
) => Promise<Token | undefined>

/**
 * For plain node:http. Answers the verified token, or undefined when it has already answered 401, 403 or 503.
 *
 * ```ts
 * const authenticate = requireBearer({ verifier, resourceMetadataUrl })
 * createServer(async (req, res) => {
 *   const caller = await authenticate(req, res)
 *   if (caller) withPrincipal(caller, () => res.end(`Hello ${currentPrincipal().subject}`))
 * })
 * ```
 */
export function requireBearer<Token extends VerifiedToken>(options: RequireBearerOptions<Token>): RequireBearer<Token> {
  return async (req, res) => {
    const outcome = await checkBearer(req.rawHeaders, req, options)
    if ('caller' in outcome) return outcome.caller
    const { status, headers, body } = outcome.refusal
    res.writeHead(status, headers).end(body)
    return undefined
  }
}
