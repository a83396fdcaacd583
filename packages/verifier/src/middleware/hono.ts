import { withPrincipal } from '../scope/principal.ts'
import type { VerifiedToken } from '../verified-token.ts'
import { toAuthInfo } from './auth-info.ts'
import { checkBearer, type BearerOptions } from './check-bearer.ts'

interface HonoContext {
  readonly req: { readonly raw: Request }
  set(key: string, value: unknown): void
}

/**
 * For Hono. What comes after it runs as the caller; `c.get('auth')` is what `createMcpHandler(…).fetch` of the MCP SDK takes
 * as `authInfo`.
 *
 * ```ts
 * app.use('/mcp', honoBearer({ verifier, resourceMetadataUrl }))
 * app.post('/mcp', (c) => c.text(`Hello ${currentPrincipal().subject}`))
 * ```
 */
export function honoBearer<Token extends VerifiedToken>(options: BearerOptions<Token, Request>) {
  return async (context: HonoContext, next: () => Promise<void>): Promise<Response | undefined> => {
    const { raw } = context.req
    // Fetch joins two fields with a comma, which is no character of a token: they are refused as two.
    const authorization = raw.headers.get('authorization')
    const rawHeaders = authorization === null ? [] : ['authorization', authorization]
    const outcome = await checkBearer(rawHeaders, raw, options)
    if ('refusal' in outcome) {
      const { status, headers, body } = outcome.refusal
      return new Response(body, { status, headers })
    }
    context.set('auth', toAuthInfo(outcome.caller))
    await withPrincipal(outcome.caller, next)
    return undefined
  }
}
