import { Hono, type Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { getTenant } from '../directory/tenants.ts'
import type { Emulation } from '../emulation.ts'
import { EntraError, toErrorBody } from '../entra-error.ts'
import type { EmulatorEnv } from '../http.ts'
import { toParameters, type Parameters } from '../parameters.ts'
import {
  readAuthorizationRequest,
  readReplyAddress,
  type AuthorizationRequest,
  type ReplyAddress,
} from './authorization-request.ts'
import { authorize } from './authorize.ts'
import { errorPage, formPostPage, PAGE_HEADERS, renderPage, signedOutPage } from './pages.ts'
import { replyTo, type Reply } from './reply.ts'
import type { Submission } from './visit.ts'

const cookieName = (tenantId: string): string => `ESTSAUTH-${tenantId}`

export function authorizeRoutes(emulation: Emulation): Hono<EmulatorEnv> {
  const routes = new Hono<EmulatorEnv>()
  routes.on(['GET', 'POST'], '/:tenant/oauth2/v2.0/authorize', (c) => visitAuthorize(emulation, c))
  routes.on(['GET', 'POST'], '/:tenant/oauth2/v2.0/logout', (c) => {
    const tenant = getTenant(emulation.seed, c.req.param('tenant'))
    const handle = getCookie(c, cookieName(tenant.id))
    if (handle !== undefined) emulation.grants.sessions.delete(handle)
    return c.html(signedOutPage(), 200, { ...PAGE_HEADERS })
  })
  return routes
}

async function visitAuthorize(emulation: Emulation, c: Context<EmulatorEnv, '/:tenant/oauth2/v2.0/authorize'>) {
  let address: ReplyAddress | undefined
  let request: AuthorizationRequest | undefined
  try {
    const params = toParameters(mergedParameters(c), emulation)
    address = readReplyAddress(emulation, c.req.param('tenant'), params)
    request = readAuthorizationRequest(address, params)
    refuseByFault(c)
    const sessionHandle = getCookie(c, cookieName(request.tenant.id))
    const submission = readSubmission(params)
    const reply = authorize(emulation, { request, sessionHandle, ...(submission && { submission }) })
    return send(c, reply, request)
  } catch (refusal) {
    if (!(refusal instanceof EntraError)) throw refusal
    emulation.log(`authorize: ${refusal.message}`)
    if (address === undefined) return c.html(errorPage(refusal.message), 400, { ...PAGE_HEADERS })
    return send(c, replyTo(address, errorFields(emulation, refusal)), request)
  }
}

/** OpenID Connect Core §3.1.2.1 lets a client POST the request; our own forms post beside the original query. */
function mergedParameters(c: Context<EmulatorEnv>): URLSearchParams {
  const merged = new URLSearchParams(new URL(c.req.url).search)
  for (const [name, value] of c.get('form') ?? []) merged.append(name, value)
  return merged
}

function readSubmission(params: Parameters): Submission | undefined {
  const decision = params.find('emulator_decision')
  if (decision === undefined) return undefined
  if (decision !== 'sign-in') return { decision }
  return { decision, userName: params.find('emulator_username'), password: params.find('emulator_password') ?? '' }
}

function refuseByFault(c: Context<EmulatorEnv>): void {
  const fault = c.get('fault')
  if (fault?.kind !== 'status' || fault.aadsts === undefined) return
  throw new EntraError(fault.aadsts, {
    ...(fault.claims !== undefined && { claims: fault.claims }),
    ...(fault.suberror !== undefined && { suberror: fault.suberror }),
  })
}

/** `invalid_grant` has no meaning here (RFC 6749 §4.1.2.1), and a policy that blocks cannot be met by trying again. */
const isDenial = ({ error, code }: EntraError): boolean => error === 'invalid_grant' || code === 53003

function errorFields({ now, url }: Emulation, refusal: EntraError): Record<string, string> {
  const body = toErrorBody(refusal, { nowMs: now(), errorUriBase: url })
  const { error_description, error_uri, claims } = body
  const error = isDenial(refusal) ? 'access_denied' : refusal.error
  const subcode = refusal.code === 65004 && { error_subcode: 'cancel' }
  return { error, error_description, error_uri, ...subcode, ...(claims !== undefined && { claims }) }
}

function send(c: Context<EmulatorEnv>, reply: Reply, request: AuthorizationRequest | undefined) {
  if (reply.sessionHandle !== undefined && request !== undefined)
    setCookie(c, cookieName(request.tenant.id), reply.sessionHandle, { path: '/', httpOnly: true, sameSite: 'Lax' })
  c.header('cache-control', 'no-store')
  switch (reply.kind) {
    case 'redirect':
      return c.redirect(reply.location, 302)
    case 'form_post':
      return c.html(formPostPage(reply.action, reply.fields), 200, { ...PAGE_HEADERS })
    case 'page':
      if (request === undefined) throw new Error('a page needs a request')
      return c.html(renderPage(reply.page, request, pageAddress(c)), 200, { ...PAGE_HEADERS })
  }
}

/** The address with all parameters in the query, also when the client posted them. */
function pageAddress(c: Context<EmulatorEnv>): URL {
  const here = new URL(c.req.url)
  for (const [name, value] of c.get('form') ?? [])
    if (!name.startsWith('emulator_')) here.searchParams.append(name, value)
  return here
}
