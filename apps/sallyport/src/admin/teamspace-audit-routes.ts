import { z } from 'zod'
import { listAudit } from '../audit/audit-repository.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { pageOfEvents } from './audit-queries.ts'
import { auditEvents } from './views/audit-views.ts'

/** The audit trail of one teamspace, for whoever administers it. */
export function teamspaceAuditRoutes({ store }: Pick<AdminDeps, 'store'>): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/audit',
        needs: 'admin',
        summary: "A teamspace's events, newest first",
        query: z.strictObject(pageOfEvents),
        answers: { 200: auditEvents },
      },
      async ({ context, teamspace, query: { limit, before } }) =>
        context.json({ events: await listAudit(store.db, { teamspaceId: teamspace.id, limit, before }) }),
    ),
  ]
}
