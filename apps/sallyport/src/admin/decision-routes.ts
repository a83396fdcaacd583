import type { Context } from 'hono'
import { findDecision } from '../audit/audit-repository.ts'
import { explainDecision } from '../audit/explain-decision.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { problem } from './problem.ts'
import { decisionView } from './views/audit-views.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Why a call was answered as it was, by the request id that every answer carries. */
export function decisionRoutes(deps: Pick<AdminDeps, 'store' | 'flushAudit'>): readonly ServedRoute[] {
  const shared = {
    method: 'get',
    summary: 'Why a call was answered as it was',
    answers: { 200: decisionView },
  } as const
  return [
    apiRoute({ ...shared, path: '/decisions/:requestId', needs: 'operator' }, ({ context }) => answer(context, deps)),
    apiRoute({ ...shared, path: '/teamspaces/:slug/decisions/:requestId', needs: 'admin' }, ({ context, teamspace }) =>
      answer(context, deps, teamspace.id),
    ),
  ]
}

async function answer(
  context: Context,
  { store, flushAudit }: Pick<AdminDeps, 'store' | 'flushAudit'>,
  teamspaceId?: string,
): Promise<Response> {
  const requestId = (context.req.param('requestId') ?? '').toLowerCase()
  const unknown = () => problem(context, 404, 'No call is known by this request id')
  if (!UUID.test(requestId)) return unknown()
  await flushAudit?.().catch(() => undefined) // the call may be on its way; what cannot be written is not found
  const { call, attempt } = await findDecision(store.db, requestId)
  // Another teamspace's call is as unknown as one that never was.
  if (teamspaceId !== undefined && (call ?? attempt)?.teamspaceId !== teamspaceId) return unknown()
  const view = explainDecision({ call, attempt })
  return view ? context.json(view) : unknown()
}
