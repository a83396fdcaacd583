import { z } from 'zod'
import { createTeamspace } from '../teamspaces/create-teamspace.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import { newTeamspace } from '../teamspaces/new-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { removeTeamspace } from '../teamspaces/remove-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import type { Store } from '../store/store.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { refusalProblem } from './problem.ts'

const teamspaceView = z.object({ id: z.string(), slug: z.string(), name: z.string(), createdAt: z.number() })

export function teamspaceRoutes({ db }: Store): readonly ServedRoute[] {
  const teamspaces = teamspaceRepository(db)
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces',
        needs: 'account',
        summary: 'The teamspaces that the caller belongs to; all of them for the operator',
        answers: { 200: z.object({ teamspaces: z.array(teamspaceView) }) },
      },
      async ({ context, caller }) => {
        const own = caller.kind === 'person' && caller.memberships.map(({ teamspace }) => teamspace)
        return context.json({ teamspaces: own || (await teamspaces.list()) })
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces',
        needs: 'operator',
        summary: 'Create a teamspace',
        body: newTeamspace,
        answers: { 201: teamspaceView },
      },
      async ({ context, editor, body }) => {
        const created = await createTeamspace(editor, body)
        return isRefused(created) ? refusalProblem(context, created.refused) : context.json(created, 201)
      },
    ),
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug',
        needs: 'developer',
        summary: 'One teamspace',
        answers: { 200: teamspaceView },
      },
      async ({ context, slug }) => {
        const found = await teamspaces.findBySlug(slug)
        return found ? context.json(found) : refusalProblem(context, unknownTeamspace().refused)
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: '/teamspaces/:slug',
        needs: 'owner',
        summary: 'Remove a teamspace with everything that it owns',
        answers: { 200: teamspaceView },
      },
      async ({ context, editor, slug }) => {
        const removed = await removeTeamspace(editor, slug)
        return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
      },
    ),
  ]
}
