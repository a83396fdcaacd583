import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import type { ServerResponse } from 'node:http'
import type { AddressDoor } from '../limits/address-door.ts'
import { waitHeaders } from '../outcome/denial.ts'
import type { Denial } from '../outcome/denial.ts'
import { errorPage } from './facade/error-page.ts'

export interface OAuthEnv {
  Bindings: HttpBindings
  Variables: {
    /** Nothing is here for the teamspace that the address names: there is none, or its people sign in elsewhere. */
    isNothingThere?: true
  }
}

/**
 * An address beyond its limits costs no look-up and no request to the identity provider. What is refused counts against
 * the address; an address that nothing was ever served at does not, since clients look for metadata in several places.
 */
export function limitAddresses(door: AddressDoor): MiddlewareHandler<OAuthEnv> {
  return async (context, next) => {
    const { incoming, outgoing } = context.env
    const denial = door.take(incoming, outgoing as ServerResponse)
    if (denial) return tooMany(context, denial)
    await next()
    if (isRefusal(context)) door.countRefused(incoming)
  }
}

function isRefusal({ res: { status }, var: { isNothingThere } }: Context<OAuthEnv>): boolean {
  if (status === 404) return isNothingThere === true
  return status >= 400 && status < 500 && status !== 429 // who answered 429 was the identity provider
}

const SAYS = 'There were too many requests from your network address. Wait a while.'

/**
 * OAuth has no code for 429; the nearest that it registers is the authorization endpoint's `temporarily_unavailable`
 * (RFC 6749 §4.1.2.1), which clients take for what it is, and keep their tokens. Nobody is sent back to a redirect URI, since
 * none was looked up: whoever came to sign in is shown a page.
 */
function tooMany(context: Context, { denied }: Denial): Response | Promise<Response> {
  for (const [name, value] of Object.entries(waitHeaders(denied))) context.header(name, value)
  context.header('cache-control', 'no-store')
  if (context.req.path.endsWith('/authorize')) return context.html(errorPage('temporarily_unavailable', SAYS), 429)
  return context.json({ error: 'temporarily_unavailable', error_description: SAYS }, 429)
}
