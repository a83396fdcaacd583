import type { Context } from 'hono'
import { readBounded } from '../../http/read-bounded.ts'
import { MAX_BODY_BYTES } from './held-bodies.ts'
import type { HeldBody } from './held-bodies.ts'
import type { ScimContext } from './scim-context.ts'
import { badRequest, scimDenial, toErrorBody } from './scim-error.ts'
import type { ScimDenial, ScimError } from './scim-error.ts'

export interface ScimEnv {
  Variables: { scim: ScimContext; held: HeldBody }
}

export type Http = Context<ScimEnv>

const SCIM_JSON = 'application/scim+json'
const TYPES = [SCIM_JSON, 'application/json']

export const answer = (
  context: Http,
  body: object,
  status: 200 | 201 = 200,
  headers: Readonly<Record<string, string>> = {},
): Response => context.body(JSON.stringify(body), status, { ...headers, 'content-type': SCIM_JSON })

export const fail = (context: Http, error: ScimError, headers: Readonly<Record<string, string>> = {}): Response =>
  context.body(JSON.stringify(toErrorBody(error)), error.status, { ...headers, 'content-type': SCIM_JSON })

/** The address of `/scim/v2` as the client reached it, which a proxy that ends TLS tells; it is shown to that client only. */
export function baseOf(context: Http): string {
  const url = new URL(context.req.url)
  const isSecure = context.req.header('x-forwarded-proto') === 'https'
  return `${isSecure ? 'https:' : url.protocol}//${url.host}/scim/v2`
}

export async function readScimBody(context: Http): Promise<{ readonly body: unknown } | ScimDenial> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (!TYPES.includes(type ?? '')) return scimDenial(415, `The body must be ${SCIM_JSON}`)
  const tooLarge = scimDenial(413, 'The body is too large')
  // What is announced need not be sent first; what is not, is counted as it comes.
  if (Number(context.req.header('content-length') ?? 0) > MAX_BODY_BYTES) return tooLarge
  const bytes = await readBounded(context.req.raw.body, MAX_BODY_BYTES, (length) => context.get('held').hold(length))
  if (bytes === undefined) return tooLarge
  try {
    return { body: JSON.parse(bytes.toString()) as unknown }
  } catch {
    return badRequest('invalidSyntax', 'The body is not JSON')
  }
}

/** What cannot be an id names nothing, and the database need not be asked with a stranger's characters. */
export const idOf = (context: Http): string => {
  const id = context.req.param('id') ?? ''
  return /^[0-9a-f-]{36}$/.test(id) ? id : ''
}
