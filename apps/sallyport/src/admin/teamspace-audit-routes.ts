import { searchAudit } from '../audit/search-audit.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { eventsQuery } from './audit-queries.ts'
import { auditEvents } from './views/audit-views.ts'

/** The audit trail of one teamspace, for whoever administers it. */
export function teamspaceAuditRoutes({
  store,
  flushAudit,
}: Pick<AdminDeps, 'store' | 'flushAudit'>): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/audit',
        needs: 'admin',
        summary: "A teamspace's events, newest first",
        query: eventsQuery({}),
        answers: { 200: auditEvents },
      },
      async ({ context, teamspace, query }) => {
        await flushAudit?.().catch(() => undefined) // calls of this moment; what cannot be written is not found
        return context.json(await searchAudit(store, { ...query, teamspaceId: teamspace.id }))
      },
    ),
  ]
}
