import { z } from 'zod'
import { searchAudit } from '../audit/search-audit.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import type { AdminDeps } from './admin-deps.ts'
import { refusalProblem } from './problem.ts'

const text = z.string().min(1).max(200)
const time = z.iso.datetime({ offset: true }).transform((at) => Date.parse(at))

/** What can be looked for in the audit trail; all that is given has to be so. */
export const auditFilter = z
  .strictObject({
    kind: z.enum(['call', 'attempt', 'admin']).optional(),
    decision: z.enum(['allowed', 'denied', 'fault']).optional(),
    rule: text.optional(),
    server: text.optional(),
    target: z.string().min(1).max(512).optional(),
    member: z.uuid().optional(),
    email: text.optional(),
    text: text.optional(),
    from: time.optional(),
    until: time.optional(),
    before: z.uuid().optional(),
    after: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, {
    error: 'either before or after',
  })

export const auditPage = z.object({
  events: z.array(z.looseObject({ id: z.string(), kind: z.string(), at: z.number() })),
  older: z.string().optional(),
  newer: z.string().optional(),
  more: z.boolean().optional(),
})

export function teamspaceAuditRoutes({ store, flushAudit }: Pick<AdminDeps, 'store' | 'flushAudit'>): ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/audit',
        needs: 'admin',
        summary:
          'The audit trail of a teamspace, newest first. `older` goes on as `before`, `newer` as `after`; a page may be empty though there is more',
        query: auditFilter,
        answers: { 200: auditPage },
      },
      async ({ context, slug, query }) => {
        const teamspace = await teamspaceRepository(store.db).findBySlug(slug)
        if (!teamspace) return refusalProblem(context, unknownTeamspace().refused)
        await flushAudit?.().catch(() => undefined) // calls of this moment; what cannot be written is not found
        return context.json(await searchAudit(store, { ...query, teamspaceId: teamspace.id }))
      },
    ),
  ]
}
