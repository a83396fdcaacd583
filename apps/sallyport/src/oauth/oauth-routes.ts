import { Hono } from 'hono'
import type { Context } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import type { ServerConfig } from '../config/config.ts'
import type { SigningKeys } from '../exchange/signing-keys.ts'
import { readBounded } from '../http/read-bounded.ts'
import type { AddressDoor } from '../limits/address-door.ts'
import { addFederationRoutes } from '../provisioning/group-sync/federation-routes.ts'
import type { Federation } from '../provisioning/group-sync/federation.ts'
import { authorize } from './facade/authorize.ts'
import { ERROR_PAGE_POLICY, errorPage } from './facade/error-page.ts'
import { register } from './facade/register.ts'
import { token } from './facade/token.ts'
import { addKeysRoute } from './keys-routes.ts'
import { limitAddresses } from './limit-addresses.ts'
import type { OAuthEnv } from './limit-addresses.ts'
import { authorizationServerMetadata, protectedResourceMetadata } from './metadata/documents.ts'
import type { Places } from './metadata/places.ts'
import { signInTo, takes } from './server-sign-in.ts'
import type { FindSignIns } from './sign-in.ts'

export interface OAuthOptions {
  readonly places: Places
  readonly servers: readonly ServerConfig[]
  readonly findSignIns: FindSignIns
  /** Keys that something is signed with; published only then. */
  readonly signingKeys?: SigningKeys | undefined
  readonly federation?: Federation
  readonly facade: { readonly registration: 'none' | 'static'; readonly resource: 'optional' | 'required' }
  readonly fetch: typeof fetch
  /** Where addresses that ask too much are turned away. */
  readonly door: AddressDoor
  readonly onFault: (fault: unknown) => void
}

const NOT_FOUND = { error: 'not_found', error_description: 'Nothing is served at this address' }
const TOO_LARGE = { error: 'invalid_request', error_description: 'The body is too large.' }
const NO_FORM = { error: 'invalid_request', error_description: 'Send application/x-www-form-urlencoded.' }
const MAX_BODY_BYTES = 64 * 1024

/** The client hung up within its message. Anybody can, as often as they like: it is no failure of ours to log. */
class BodyBroken extends Error {}

const bodyOf = (c: Context) =>
  readBounded(c.req.raw.body, MAX_BODY_BYTES).catch((cause: unknown) => {
    throw new BodyBroken('the body ended too early', { cause })
  })

/** No `Cross-Origin-Opener-Policy`: clients open this in a popup that must find its way back. HSTS is the operator's. */
const browserHeaders = secureHeaders({
  contentSecurityPolicy: ERROR_PAGE_POLICY,
  crossOriginOpenerPolicy: false,
  strictTransportSecurity: false,
})

/**
 * The OAuth surface. Metadata of the servers is always here. Sign-in with Entra goes through a facade (behaviours 3.C); an
 * issuer of a teamspace's own is only named, since everything else about it is the issuer's (S5-48).
 */
export function createOAuthApp(options: OAuthOptions): Hono<OAuthEnv> {
  const app = new Hono<OAuthEnv>()

  app.use('*', cors({ origin: '*', allowMethods: ['GET', 'HEAD', 'POST'], exposeHeaders: WAIT_FIELDS, maxAge: 600 }))
  for (const prefix of PREFIXES) app.use(`${prefix}/authorize`, browserHeaders) // whichever page it is
  app.use('*', limitAddresses(options.door))
  app.notFound((c) => c.json(NOT_FOUND, 404))
  app.onError((fault, c) => {
    if (!(fault instanceof BodyBroken)) options.onFault(fault)
    return c.json({ error: 'temporarily_unavailable' }, 503, { 'retry-after': '5' })
  })

  if (options.signingKeys) addKeysRoute(app, options.signingKeys)
  if (options.federation) addFederationRoutes(app, options.federation)
  addResourceMetadata(app, options)
  for (const prefix of PREFIXES) addFacade(app, prefix, options)
  return app
}

/** What scripts in browsers may read beside the body. */
const WAIT_FIELDS = ['Retry-After', 'RateLimit', 'RateLimit-Policy']

/** The root addresses belong to the default teamspace. */
const PREFIXES = ['', '/t/:slug'] as const

/** One answer whether there is no such teamspace or no sign-in to it here, and both are counted: who tries names learns neither. */
function nothingThere(c: Context<OAuthEnv>) {
  if (c.req.param('slug') !== undefined) c.set('isNothingThere', true)
  return c.notFound()
}

const document = (c: Context, body: object) => c.json(body, 200, { 'cache-control': 'public, max-age=300' })

function addResourceMetadata(app: Hono<OAuthEnv>, { places, servers, findSignIns }: OAuthOptions): void {
  app.get('/.well-known/oauth-protected-resource', async (c) => {
    const signIns = await findSignIns(undefined)
    const signIn = signIns && signInTo(places.root, signIns, places)
    return signIn ? document(c, protectedResourceMetadata(places.rootResource(), signIn)) : c.notFound()
  })
  for (const server of servers) {
    for (const prefix of PREFIXES) {
      app.get(`/.well-known/oauth-protected-resource${prefix}${server.path}`, async (c) => {
        const signIns = await findSignIns(c.req.param('slug'))
        const signIn = signIns && signInTo(server, signIns, places)
        if (!signIn) return nothingThere(c)
        return document(c, protectedResourceMetadata(places.resource(server, signIns.named), signIn))
      })
    }
  }
}

/** Sign-in with Entra. Where no server takes Entra tokens there is none, whatever connections there are. */
function addFacade(app: Hono<OAuthEnv>, prefix: (typeof PREFIXES)[number], options: OAuthOptions): void {
  const { places, servers, findSignIns, facade, fetch } = options
  const resourceRequired = facade.resource === 'required'
  const hasFacade = servers.some((server) => takes(server, 'entra'))
  const findSignIn = async (c: Context<OAuthEnv>) =>
    hasFacade ? (await findSignIns(c.req.param('slug')))?.entra : undefined

  app.get(`/.well-known/oauth-authorization-server${prefix}`, async (c) => {
    const signIn = await findSignIn(c)
    return signIn ? document(c, authorizationServerMetadata(signIn, places, facade.registration)) : nothingThere(c)
  })

  app.get(`${prefix}/authorize`, async (c) => {
    const signIn = await findSignIn(c)
    if (!signIn) return nothingThere(c)
    const outcome = authorize(rawQuery(c), signIn, { places, resourceRequired })
    c.header('cache-control', 'no-store')
    if (outcome.kind === 'redirect') return c.redirect(outcome.location, 302)
    return c.html(errorPage(outcome.error, outcome.says), 400)
  })

  app.post(`${prefix}/token`, async (c) => {
    const signIn = await findSignIn(c)
    if (!signIn) return nothingThere(c)
    c.header('cache-control', 'no-store')
    c.header('pragma', 'no-cache')
    const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
    if (type !== 'application/x-www-form-urlencoded') return c.json(NO_FORM, 415)
    const form = await bodyOf(c)
    if (form === undefined) return c.json(TOO_LARGE, 413)
    const answer = await token(form.toString(), signIn, { places, resourceRequired, fetch })
    if (answer.retryAfter !== undefined) c.header('retry-after', answer.retryAfter)
    return c.body(answer.body, answer.status as 200, { 'content-type': 'application/json' })
  })

  if (facade.registration === 'none') return
  app.post(`${prefix}/register`, async (c) => {
    const signIn = await findSignIn(c)
    if (!signIn) return nothingThere(c)
    const body = await bodyOf(c)
    if (body === undefined) return c.json(TOO_LARGE, 413)
    const answer = register(parseJson(body.toString()), signIn)
    return c.json(answer.body, answer.status, { 'cache-control': 'no-store' })
  })
}

/** As it came: a URL object writes some bytes anew (`'` as `%27`), and `state` is not ours to change (S2C-27). */
function rawQuery(c: Context<OAuthEnv>): string {
  const url = c.env.incoming.url!
  return url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
