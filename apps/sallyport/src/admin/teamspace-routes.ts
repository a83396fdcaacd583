import { z } from 'zod'
import { changeTeamspace } from '../teamspaces/change-teamspace.ts'
import { createTeamspace } from '../teamspaces/create-teamspace.ts'
import { newTeamspace, teamspaceChange } from '../teamspaces/new-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { removeTeamspace } from '../teamspaces/remove-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import type { Store } from '../store/store.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { answerTagged, onlyIfMatches } from './api/if-match.ts'
import { refusalProblem } from './problem.ts'
import { teamspaceView } from './views/member-views.ts'

const MAX_PAGE = 1_000

const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  after: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/)
    .optional(),
})

export function teamspaceRoutes({ db }: Store): readonly ServedRoute[] {
  const teamspaces = teamspaceRepository(db)
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces',
        needs: 'account',
        summary: 'The teamspaces that the caller belongs to; all of them for the operator',
        query: page,
        answers: { 200: z.strictObject({ teamspaces: z.array(teamspaceView), next: z.string().exactOptional() }) },
      },
      async ({ context, caller, query }) => {
        // Of a person they are few, and at hand.
        if (caller.kind === 'person')
          return context.json({ teamspaces: caller.memberships.map(({ teamspace }) => teamspace) })
        const found = await teamspaces.listPage(query)
        const next = found.length === query.limit ? found.at(-1)?.slug : undefined
        return context.json({ teamspaces: found, ...(next !== undefined && { next }) })
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces',
        needs: 'operator',
        summary: 'Create a teamspace',
        body: newTeamspace,
        example: { slug: 'initech', name: 'Initech' },
        answers: { 201: teamspaceView },
        problems: [409],
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
        versioned: true,
      },
      ({ context, teamspace }) => answerTagged(context, teamspace),
    ),
    apiRoute(
      {
        method: 'patch',
        path: '/teamspaces/:slug',
        needs: 'owner',
        summary: 'Rename a teamspace; its slug stays',
        body: teamspaceChange,
        example: { name: 'Acme Inc.' },
        answers: { 200: teamspaceView },
        versioned: true,
      },
      async ({ context, editor, slug, body, ifMatch }) => {
        const matching = onlyIfMatches(editor, ifMatch, async ({ teamspace }) => teamspace)
        const changed = await changeTeamspace(matching, slug, body)
        return isRefused(changed) ? refusalProblem(context, changed.refused) : answerTagged(context, changed)
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: '/teamspaces/:slug',
        needs: 'owner',
        summary: 'Remove a teamspace with everything that it owns',
        answers: { 200: teamspaceView },
        versioned: true,
      },
      async ({ context, editor, slug, ifMatch }) => {
        const matching = onlyIfMatches(editor, ifMatch, async ({ teamspace }) => teamspace)
        const removed = await removeTeamspace(matching, slug)
        return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
      },
    ),
  ]
}
