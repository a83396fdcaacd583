import { Hono } from 'hono'
import { findDecision } from '../audit/audit-repository.ts'
import { explainDecision } from '../audit/explain-decision.ts'
import type { AdminDeps } from './admin-deps.ts'
import { problem } from './problem.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Why a call was answered as it was, by the request id that every answer carries. */
export function decisionRoutes({ store, flushAudit }: Pick<AdminDeps, 'store' | 'flushAudit'>): Hono {
  return new Hono().get('/:requestId', async (context) => {
    const requestId = context.req.param('requestId').toLowerCase()
    const unknown = () => problem(context, 404, 'No call is known by this request id')
    if (!UUID.test(requestId)) return unknown()
    await flushAudit?.().catch(() => undefined) // the call may be on its way; what cannot be written is not found
    const view = explainDecision(await findDecision(store.db, requestId))
    return view ? context.json(view) : unknown()
  })
}
