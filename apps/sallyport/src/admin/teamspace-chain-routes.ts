import { z } from 'zod'
import { verifyChainPage } from '../audit/verify-chain.ts'
import { answerExport, EXPORT_ANSWERS } from './answer-export.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { exported, placeInChain } from './audit-queries.ts'
import { chainPage } from './views/audit-views.ts'

/** A teamspace's audit trail as a whole: whether it is as it was written, and to take away. */
export function teamspaceChainRoutes({ store }: Pick<AdminDeps, 'store'>): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/audit/verify',
        needs: 'admin',
        summary: "Check the next rows of a teamspace's chain",
        query: z.strictObject(placeInChain),
        answers: { 200: chainPage },
      },
      async ({ context, teamspace, query: { limit, ...after } }) =>
        context.json(await verifyChainPage(store, teamspace.id, { after, limit })),
    ),
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/audit/export',
        needs: 'admin',
        summary: "A teamspace's audit trail as lines: JSON, or CEF",
        query: z.strictObject(exported),
        answers: { 200: EXPORT_ANSWERS },
      },
      ({ context, teamspace, query }) => answerExport(context, store, { ...query, teamspaceId: teamspace.id }),
    ),
  ]
}
