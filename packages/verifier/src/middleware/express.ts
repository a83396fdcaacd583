import type { IncomingMessage, ServerResponse } from 'node:http'
import { withPrincipal } from '../scope/principal.ts'
import type { VerifiedToken } from '../verified-token.ts'
import { toAuthInfo, type AuthInfo } from './auth-info.ts'
import type { BearerOptions } from './check-bearer.ts'
import { requireBearer } from './node.ts'

type Request = IncomingMessage & { auth?: AuthInfo }

/**
 * For Express, 4 and 5, and whatever else takes `(req, res, next)`. What comes after it runs as the caller; `req.auth` is
 * where the transports of the MCP SDKs look.
 *
 * ```ts
 * app.post('/mcp', expressBearer({ verifier, resourceMetadataUrl }), (req, res) => {
 *   res.send(`Hello ${currentPrincipal().subject}`)
 * })
 * ```
 */
export function expressBearer<Token extends VerifiedToken>(options: BearerOptions<Token, IncomingMessage>) {
  const authenticate = requireBearer(options)
  return (req: Request, res: ServerResponse, next: (error?: unknown) => void): void => {
    const proceed = (caller: Token | undefined) => {
      if (caller === undefined) return
      req.auth = toAuthInfo(caller)
      withPrincipal(caller, () => next())
    }
    authenticate(req, res).then(proceed, next)
  }
}
