import { Hono } from 'hono'
import type { Context } from 'hono'
import { incomingOf } from '../http/incoming-of.ts'
import { readBounded } from '../http/read-bounded.ts'
import { retryHeaders } from '../limits/rate-denial.ts'
import { hasRepeatedParameter } from '../oauth/facade/repeated-parameter.ts'
import { introspectToken } from '../tokens/introspect-token.ts'
import { revokePresented } from '../tokens/revoke-presented.ts'
import type { AdminDeps } from './admin-deps.ts'
import { requireOperator } from './operator-auth.ts'

/** Revocation (RFC 7009) and introspection (RFC 7662) of MCP tokens, for tools that know the standards and not our API. */
export function mcpTokenOauthRoutes({ store, now, operatorToken, refusedAttempts }: AdminDeps): Hono {
  return new Hono()
    .post('/revoke', async (context) => {
      const incoming = incomingOf(context)
      const limit = refusedAttempts?.findLimit(incoming)
      if (limit) return context.json({ error: 'temporarily_unavailable' }, 429, retryHeaders(limit))
      const token = await readToken(context)
      const isKnown = !(token instanceof Response) && (await revokePresented({ store, now }, token))
      if (!isKnown) refusedAttempts?.count(incoming) // here everybody may guess
      return token instanceof Response ? token : context.body(null, 200)
    })
    .post('/introspect', requireOperator({ operatorToken, refusedAttempts }), async (context) => {
      const token = await readToken(context)
      return token instanceof Response ? token : context.json(await introspectToken(store, token, now()))
    })
}

const MAX_FORM_BYTES = 4 * 1024

/** The one `token` of a form; never of the address, which is logged along the way. A hint of its type changes nothing. */
async function readToken(context: Context): Promise<string | Response> {
  const invalid = (says: string) => context.json({ error: 'invalid_request', error_description: says }, 400)
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return invalid('Send application/x-www-form-urlencoded')
  const bytes = await readBounded(context.req.raw.body, MAX_FORM_BYTES)
  if (bytes === undefined) return invalid('The form is too large')
  const form = new URLSearchParams(bytes.toString())
  if (hasRepeatedParameter(form)) return invalid('A parameter is given twice') // RFC 6749 §3.2
  return form.get('token') || invalid('The form has no token')
}
