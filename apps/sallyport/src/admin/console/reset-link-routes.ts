import { z } from 'zod'
import { linkAddress, makeResetLink } from '../../console-sign-in/console-link.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { apiRoute } from '../api/api-route.ts'
import type { ServedRoute } from '../api/api-route.ts'
import { problem } from '../problem.ts'

/** Only for whoever has the instance's token: a session that was stolen must not become a password. */
export const resetLinkRoutes = ({ store, now, consoleUrl }: AdminDeps): readonly ServedRoute[] => [
  apiRoute(
    {
      method: 'post',
      path: '/console/reset-link',
      needs: 'operator',
      summary: "Make a one-time link that sets the operator's password; the operator token is needed",
      answers: { 201: z.object({ link: z.string() }) },
      problems: [403, 409],
    },
    async ({ context, caller }) => {
      if (caller.kind !== 'operator' || caller.accountId !== undefined) {
        return problem(context, 403, 'Only the command line and the operator token make such links')
      }
      if (consoleUrl === undefined) return problem(context, 409, 'There is no console: console.url is not set')
      const secret = await makeResetLink(store, { now, actor: caller.name })
      return context.json({ link: linkAddress(consoleUrl, secret) }, 201)
    },
  ),
]
