import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { authorizeRoutes } from './authorize/routes.ts'
import { faultMiddleware } from './control/fault-middleware.ts'
import { openidConfiguration, keySet } from './discovery.ts'
import type { Emulation } from './emulation.ts'
import { EntraError, toErrorBody } from './entra-error.ts'
import type { EmulatorEnv } from './http.ts'
import { graphRoutes } from './graph/routes.ts'
import { answerUserInfo } from './graph/user-info.ts'
import { answerTokenCall } from './token/token-endpoint.ts'

/** Room for a seed with some thousand users. */
const MAX_BODY_BYTES = 4 * 1024 * 1024
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function createApp(emulation: Emulation): Hono<EmulatorEnv> {
  const app = new Hono<EmulatorEnv>({ strict: false })
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES }))
  app.use(async (c, next) => {
    await record(emulation, c)
    return next()
  })
  app.use('/:tenant/*', cors({ origin: '*', allowMethods: ['GET', 'POST', 'OPTIONS'], maxAge: 86_400 }))
  app.use(faultMiddleware(emulation))

  app.get('/:tenant/v2.0/.well-known/openid-configuration', (c) =>
    c.json(openidConfiguration(emulation, c.req.param('tenant'), 'v2')),
  )
  app.get('/:tenant/.well-known/openid-configuration', (c) =>
    c.json(openidConfiguration(emulation, c.req.param('tenant'), 'v1')),
  )
  app.get('/:tenant/discovery/v2.0/keys', async (c) =>
    c.json(await keySet(emulation, c.req.param('tenant'), 'v2', c.req.query('appid'))),
  )
  app.get('/:tenant/discovery/keys', async (c) =>
    c.json(await keySet(emulation, c.req.param('tenant'), 'v1', c.req.query('appid'))),
  )
  app.route('/', authorizeRoutes(emulation))
  app.post('/:tenant/oauth2/v2.0/token', async (c) => {
    const response = await answerTokenCall(emulation, {
      tenantName: c.req.param('tenant'),
      body: c.get('form') ?? new URLSearchParams(),
      authorization: c.req.header('authorization'),
      origin: c.req.header('origin'),
    })
    return c.json(response, 200, NO_STORE)
  })
  app.get('/:tenant/oauth2/v2.0/token', () => {
    throw new EntraError(900561)
  })
  app.on(['GET', 'POST'], '/graph/oidc/userinfo', (c) => answerUserInfo(emulation, c))
  app.route('/graph', graphRoutes(emulation))
  app.onError((error, c) => answerError(emulation, error, c))
  return app
}

const NO_STORE = { 'cache-control': 'no-store, no-cache', pragma: 'no-cache' }

async function record({ requests, now }: Emulation, c: Context<EmulatorEnv>): Promise<void> {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')
  const form = c.req.method === 'POST' && isForm ? new URLSearchParams(await c.req.text()) : undefined
  c.set('form', form)
  if (c.req.path.startsWith('/_emulator')) return
  requests.add({
    method: c.req.method,
    path: c.req.path,
    query: c.req.query(),
    headers: c.req.header(),
    ...(form !== undefined && { form: Object.fromEntries(form) }),
    atMs: now(),
  })
}

function answerError(emulation: Emulation, error: Error, c: Context<EmulatorEnv>): Response {
  if (!(error instanceof EntraError)) {
    emulation.log(`fault: ${error.stack ?? error.message}`)
    return c.json({ error: 'server_error', error_description: 'The emulator failed; see its log.' }, 500)
  }
  emulation.log(`${c.req.method} ${c.req.path}: ${error.message}`)
  const asked = c.req.header('client-request-id')
  const correlationId = asked !== undefined && GUID.test(asked) ? { correlationId: asked } : {}
  const body = toErrorBody(error, { nowMs: emulation.now(), errorUriBase: emulation.url, ...correlationId })
  const { retryAfterSeconds } = error.options
  if (retryAfterSeconds !== undefined) c.header('retry-after', String(retryAfterSeconds))
  return c.json(body, error.status as ContentfulStatusCode, NO_STORE)
}
