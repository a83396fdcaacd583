import { Hono } from 'hono'
import type { Context } from 'hono'
import { signOut } from '../../console-sign-in/sign-out.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { cookiesOf } from './cookies.ts'
import { findOpenSession } from './find-signed-in.ts'

/** Answers the same to whoever is signed in and to whoever is not any more. */
export function signOutRoutes(deps: ConsoleDeps): Hono {
  const end = (isEverywhere: boolean) => async (context: Context) => {
    const open = await findOpenSession(context, deps)
    if (open) await signOut(open, { ...deps, sessionId: isEverywhere ? undefined : open.session.id })
    context.header('set-cookie', cookiesOf(deps.url).clear('session'))
    return context.body(null, 204)
  }
  return new Hono({ strict: false }).post('/sign-out', end(false)).post('/sign-out-everywhere', end(true))
}
