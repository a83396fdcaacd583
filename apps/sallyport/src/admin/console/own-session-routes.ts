import { z } from 'zod'
import { sessionRepository } from '../../console-sign-in/session-repository.ts'
import { signOut } from '../../console-sign-in/sign-out.ts'
import { apiRoute } from '../api/api-route.ts'
import type { ServedRoute } from '../api/api-route.ts'
import { problem } from '../problem.ts'
import { memberIdOf as sessionIdOf } from '../read-input.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { findOpenSession } from './find-signed-in.ts'

const sessionView = z.object({
  id: z.string(),
  createdAt: z.number(),
  lastSeenAt: z.number(),
  way: z.string(),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  isCurrent: z.boolean(),
})

/** Where the caller is signed in. */
export function ownSessionRoutes(deps: ConsoleDeps): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/me/sessions',
        needs: 'account',
        summary: 'The sessions of the caller, the last used first',
        answers: { 200: z.object({ sessions: z.array(sessionView) }) },
      },
      async ({ context }) => {
        const open = await findOpenSession(context, deps)
        if (!open) return problem(context, 404, NO_SESSION)
        const sessions = await sessionRepository(deps.store.db).list(open.account.id)
        return context.json({
          sessions: sessions.map((session) => ({ ...session, isCurrent: session.id === open.session.id })),
        })
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: '/me/sessions/:id',
        needs: 'account',
        summary: 'End a session of the caller',
        answers: { 204: 'nothing' },
      },
      async ({ context }) => {
        const open = await findOpenSession(context, deps)
        if (!open) return problem(context, 404, NO_SESSION)
        const ended = await signOut(open, { ...deps, sessionId: sessionIdOf(context) })
        return ended === 0 ? problem(context, 404, 'There is no such session') : context.body(null, 204)
      },
    ),
  ]
}

const NO_SESSION = 'Whoever comes with a token has no sessions'
