import { Hono } from 'hono'
import type { AdminDeps } from '../admin-deps.ts'
import { problem } from '../problem.ts'
import { callbackRoute } from './callback-route.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { foreign } from './find-signed-in.ts'
import { linkRoute } from './link-route.ts'
import { comesFromConsole } from './same-origin.ts'
import { sessionRoute } from './session-route.ts'
import { signInRoute } from './sign-in-route.ts'
import { signOutRoutes } from './sign-out-routes.ts'

/** Signing in to the console and out again. Whoever asks need not be signed in, but must be a page of ours. */
function createConsoleApp(deps: ConsoleDeps): Hono {
  const app = new Hono({ strict: false })
  app.use(async (context, next) => {
    // Signing a person in as somebody else is an attack, too: what they enter would be that one's.
    if (context.req.path !== '/console/callback' && !comesFromConsole(context, deps.url)) return foreign(context)
    return next()
  })
  app.route('/session', sessionRoute(deps))
  app.route('/callback', callbackRoute(deps))
  app.route('/bootstrap', linkRoute(deps))
  app.route('/sign-in', signInRoute(deps))
  app.route('/', signOutRoutes(deps))
  app.notFound((context) => problem(context, 404, 'There is nothing here'))
  return app
}

/** Where there is no address that browsers may reach the console at. */
function createNoConsoleApp(): Hono {
  return new Hono().all('*', (context) => problem(context, 404, 'There is no console: console.url is not set'))
}

export const consoleApp = ({ console: deps }: Pick<AdminDeps, 'console'>): Hono =>
  deps ? createConsoleApp(deps) : createNoConsoleApp()
