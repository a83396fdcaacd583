import { z } from 'zod'
import type { Caller } from './api/caller.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { role, teamspaceView } from './views/member-views.ts'

const me = z
  .strictObject({
    kind: z.enum(['operator', 'person']),
    name: z.string(),
    accountId: z.string().describe('Of who is signed in to the console').exactOptional(),
    memberships: z.array(
      z.strictObject({
        teamspace: teamspaceView,
        member: z.strictObject({ id: z.string(), role, email: z.string() }),
      }),
    ),
  })
  .meta({ id: 'Me' })

export const whoAmIRoutes = (): readonly ServedRoute[] => [
  apiRoute(
    {
      method: 'get',
      path: '/me',
      needs: 'account',
      summary: 'Who is asking: the operator, or a person with the own memberships',
      answers: { 200: me },
    },
    ({ context, caller }) => context.json(toMe(caller)),
  ),
]

function toMe(caller: Caller): z.output<typeof me> {
  const { kind, name, accountId } = caller
  const memberships = caller.kind === 'person' ? caller.memberships : []
  return {
    kind,
    name,
    ...(accountId !== undefined && { accountId }),
    memberships: memberships.map(({ teamspace, member: { id, role: own, email } }) => ({
      teamspace,
      member: { id, role: own, email },
    })),
  }
}
