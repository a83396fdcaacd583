import { bearerChallenge } from '@sallyport/verifier'
import { Hono } from 'hono'
import type { MiddlewareHandler } from 'hono'
import { incomingOf } from '../../http/incoming-of.ts'
import { retryHeaders } from '../../limits/rate-denial.ts'
import { isDatabaseDown } from '../../store/database-down.ts'
import { authenticateScim } from './authenticate-scim.ts'
import type { ScimDeps } from './authenticate-scim.ts'
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.ts'
import { toListView } from './list-resources.ts'
import { groupRoutes, userRoutes } from './resource-routes.ts'
import { BodiesFull, createHeldBodies } from './held-bodies.ts'
import type { HeldBodies } from './held-bodies.ts'
import type { ScimError } from './scim-error.ts'
import { answer, baseOf, fail } from './scim-http.ts'
import type { ScimEnv } from './scim-http.ts'

/** SCIM 2.0 (RFC 7644) for identity providers. Whoever mounts it checks `Host` and `Origin`. */
export function createScimApp(deps: ScimDeps): Hono<ScimEnv> {
  const app = new Hono<ScimEnv>()
  app.use(authenticate(deps))
  app.use(holdBodies(deps.heldBodies ?? createHeldBodies(USUAL_HELD_BYTES)))
  app.get('/ServiceProviderConfig', (context) => answer(context, serviceProviderConfig(baseOf(context))))
  for (const [path, list] of [['/ResourceTypes', resourceTypes] as const, ['/Schemas', schemas] as const]) {
    app.get(path, (context) => {
      // RFC 7644 §4: filters are refused here, lest somebody believes that they are applied.
      if (context.req.query('filter') !== undefined)
        return fail(context, { status: 403, detail: 'There is no filter here' })
      return answer(context, toListView(list(baseOf(context))))
    })
    app.get(`${path}/:id`, (context) => {
      const found = list(baseOf(context)).find(({ id }) => id === context.req.param('id'))
      return found ? answer(context, found) : fail(context, { status: 404, detail: 'There is no such thing' })
    })
  }
  for (const path of ['/Bulk', '/.search', '/Users/.search', '/Groups/.search', '/Me']) {
    app.all(path, (context) => fail(context, { status: 501, detail: 'This part of SCIM is not supported' }))
  }
  app.route('/Users', userRoutes())
  app.route('/Groups', groupRoutes())
  app.all('*', (context) => fail(context, { status: 404, detail: 'There is nothing here' }))
  app.onError((error, context) => {
    if (error instanceof BodiesFull) return fail(context, BUSY, { 'retry-after': '5' }) // whoever counts them has logged it
    deps.log('SCIM failed', { error, method: context.req.method, path: context.req.routePath })
    // Identity providers repeat what was answered 503, and give up for hours on what was answered 500 too often.
    if (isDatabaseDown(error)) return fail(context, DATABASE_DOWN, { 'retry-after': '5' })
    return fail(context, { status: 500, detail: 'Something went wrong; the log says what' })
  })
  return app
}

const USUAL_HELD_BYTES = 256 * 1024 * 1024

const BUSY: ScimError = { status: 503, detail: 'Too much is being provisioned at once; try again' }
const DATABASE_DOWN: ScimError = { status: 503, detail: 'The database cannot be reached; try again' }

/** Whoever brings a token of a teamspace that counts acts for that teamspace, and for no other. */
function authenticate(deps: ScimDeps): MiddlewareHandler<ScimEnv> {
  return async (context, next) => {
    const request = incomingOf(context)
    const limit = deps.refusedAttempts?.findLimit(request)
    if (limit) return fail(context, { status: 429, detail: 'Too many attempts were refused' }, retryHeaders(limit))
    const authorization = context.req.header('authorization')
    const scim = await authenticateScim(deps, authorization)
    if (scim) {
      context.set('scim', scim)
      return next()
    }
    deps.refusedAttempts?.count(request)
    const isPresented = authorization !== undefined // RFC 6750 §3.1: no error code for whoever sent nothing
    const challenge = bearerChallenge({ realm: 'scim', ...(isPresented && { error: 'invalid_token' }) })
    return fail(
      context,
      { status: 401, detail: 'A SCIM token of a teamspace is needed' },
      { 'www-authenticate': challenge },
    )
  }
}

/** To the end of the request, since what was read of a body is longer than the body. */
function holdBodies(bodies: HeldBodies): MiddlewareHandler<ScimEnv> {
  return async (context, next) => {
    const held = bodies.open(context.get('scim').teamspaceId)
    context.set('held', held)
    try {
      await next()
    } finally {
      held.release()
    }
  }
}
