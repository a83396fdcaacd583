import { z } from 'zod'
import { listAudit } from '../audit/audit-repository.ts'
import { verifyChainPage } from '../audit/verify-chain.ts'
import type { Store } from '../store/store.ts'
import { answerExport, EXPORT_ANSWERS } from './answer-export.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { exported, pageOfEvents, placeInChain } from './audit-queries.ts'
import { auditEvents, chainPage } from './views/audit-views.ts'

/** The audit trail of one teamspace, for whoever administers it. */
export function teamspaceAuditRoutes(store: Store): readonly ServedRoute[] {
  const shared = { method: 'get', needs: 'admin' } as const
  return [
    apiRoute(
      {
        ...shared,
        path: '/teamspaces/:slug/audit',
        summary: "A teamspace's events, newest first",
        query: z.strictObject(pageOfEvents),
        answers: { 200: auditEvents },
      },
      async ({ context, teamspace, query: { limit, before } }) =>
        context.json({ events: await listAudit(store.db, { teamspaceId: teamspace.id, limit, before }) }),
    ),
    apiRoute(
      {
        ...shared,
        path: '/teamspaces/:slug/audit/verify',
        summary: "Check the next rows of a teamspace's chain",
        query: z.strictObject(placeInChain),
        answers: { 200: chainPage },
      },
      async ({ context, teamspace, query: { limit, ...after } }) =>
        context.json(await verifyChainPage(store, teamspace.id, { after, limit })),
    ),
    apiRoute(
      {
        ...shared,
        path: '/teamspaces/:slug/audit/export',
        summary: "A teamspace's audit trail as lines: JSON, or CEF",
        query: z.strictObject(exported),
        answers: { 200: EXPORT_ANSWERS },
      },
      ({ context, teamspace, query }) => answerExport(context, store, { ...query, teamspaceId: teamspace.id }),
    ),
  ]
}
