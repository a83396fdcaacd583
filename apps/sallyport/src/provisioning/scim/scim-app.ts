import { bearerChallenge } from '@sallyport/verifier'
import { Hono } from 'hono'
import { authenticateScim } from './authenticate-scim.ts'
import type { ScimDeps } from './authenticate-scim.ts'
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.ts'
import { toListView } from './list-resources.ts'
import { groupRoutes, userRoutes } from './resource-routes.ts'
import { answer, baseOf, fail } from './scim-http.ts'
import type { ScimEnv } from './scim-http.ts'

/** SCIM 2.0 (RFC 7644) for identity providers. Whoever mounts it checks `Host` and `Origin`. */
export function createScimApp(deps: ScimDeps): Hono<ScimEnv> {
  const app = new Hono<ScimEnv>()
  app.use(async (context, next) => {
    const authorization = context.req.header('authorization')
    const scim = await authenticateScim(deps, authorization)
    if (!scim) {
      const isPresented = authorization !== undefined // RFC 6750 §3.1: no error code for whoever sent nothing
      context.header(
        'www-authenticate',
        bearerChallenge({ realm: 'scim', ...(isPresented && { error: 'invalid_token' }) }),
      )
      return fail(context, { status: 401, detail: 'A SCIM token of a teamspace is needed' })
    }
    context.set('scim', scim)
    return next()
  })
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
    deps.log('SCIM failed', { error, method: context.req.method, path: context.req.routePath })
    return fail(context, { status: 500, detail: 'Something went wrong; the log says what' })
  })
  return app
}
