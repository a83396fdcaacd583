import type { Context } from 'hono'
import { z } from 'zod'
import { listAudit } from '../audit/audit-repository.ts'
import { listChains, viewChain } from '../audit/list-chains.ts'
import { verifyChainPage } from '../audit/verify-chain.ts'
import type { Store } from '../store/store.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { answerExport, EXPORT_ANSWERS } from './answer-export.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { exported, pageOfEvents, placeInChain } from './audit-queries.ts'
import { refusalProblem } from './problem.ts'
import { auditEvents, chainPage, chains } from './views/audit-views.ts'

export type ChainsView = z.output<typeof chains>

/** Slug of a teamspace that still exists; without it, the rows of all, removed ones included. */
const teamspace = z
  .string()
  .regex(/^[a-z0-9-]{1,63}$/)
  .optional()
/** Empty for the chain of what belongs to no teamspace. */
const chainId = z.string().regex(/^[0-9A-Za-z-]{0,64}$/)

const chainsQuery = z.strictObject({
  teamspace,
  after: chainId.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(100),
})

const exportQuery = z
  .strictObject({ teamspace, all: z.enum(['true', 'false']).optional(), ...exported })
  .refine(({ teamspace, all }) => (teamspace !== undefined) !== (all === 'true'), {
    error: 'either a teamspace, or all=true',
  })

/** The audit trail of all teamspaces, and of what belongs to none. */
export function auditRoutes(store: Store): readonly ServedRoute[] {
  const { db } = store
  /** The id of the teamspace that is named, undefined when none is. */
  const idOf = async (context: Context, slug: string | undefined): Promise<string | undefined | Response> => {
    if (slug === undefined) return undefined
    const found = await teamspaceRepository(db).findBySlug(slug)
    return found ? found.id : refusalProblem(context, unknownTeamspace().refused)
  }
  const shared = { method: 'get', needs: 'operator', problems: [404] } as const
  return [
    apiRoute(
      {
        ...shared,
        path: '/audit',
        summary: 'Events, newest first',
        query: z.strictObject({ teamspace, ...pageOfEvents }),
        answers: { 200: auditEvents },
      },
      async ({ context, query: { limit, before, ...query } }) => {
        const teamspaceId = await idOf(context, query.teamspace)
        if (teamspaceId instanceof Response) return teamspaceId
        return context.json({ events: await listAudit(db, { teamspaceId, limit, before }) })
      },
    ),
    apiRoute(
      {
        ...shared,
        path: '/audit/chains',
        summary: 'The chains of the audit trail, as they are recorded',
        query: chainsQuery,
        answers: { 200: chains },
      },
      async ({ context, query }) => {
        const teamspaceId = await idOf(context, query.teamspace)
        if (teamspaceId instanceof Response) return teamspaceId
        const found = teamspaceId === undefined ? await listChains(store, query) : [await viewChain(store, teamspaceId)]
        const last = teamspaceId === undefined && found.length === query.limit ? found.at(-1) : undefined
        return context.json({ chains: found, ...(last && { next: last.teamspaceId }) })
      },
    ),
    apiRoute(
      {
        ...shared,
        path: '/audit/verify',
        summary: 'Check the next rows of a chain',
        query: z.strictObject({ teamspaceId: chainId, ...placeInChain }),
        exampleQuery: { teamspaceId: '' },
        answers: { 200: chainPage },
      },
      async ({ context, query: { teamspaceId, limit, ...after } }) =>
        context.json(await verifyChainPage(store, teamspaceId, { after, limit })),
    ),
    apiRoute(
      {
        ...shared,
        path: '/audit/export',
        summary: 'The audit trail as lines: JSON, or CEF',
        query: exportQuery,
        exampleQuery: { all: 'true' },
        answers: { 200: EXPORT_ANSWERS },
      },
      async ({ context, query: { format, since, until, ...query } }) => {
        const teamspaceId = await idOf(context, query.teamspace)
        if (teamspaceId instanceof Response) return teamspaceId
        return answerExport(context, store, { format, teamspaceId, since, until })
      },
    ),
  ]
}
