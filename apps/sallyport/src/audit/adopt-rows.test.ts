import assert from 'node:assert/strict'
import { forEachStore } from '../../../../test/support/each-store.ts'
import type { Store } from '../store/store.ts'
import { adoptRows } from './adopt-rows.ts'
import { nextAuditId } from './audit-id.ts'
import { verifyChainPage } from './verify-chain.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

const AT = 1_800_000_000_000
const options = { now: () => AT, log: () => undefined }

const leave = async (store: Store, count: number): Promise<string[]> => {
  const ids = Array.from({ length: count }, (_, index) => nextAuditId(AT + index))
  for (const [index, id] of ids.entries()) {
    const teamspace_id = index % 3 === 0 ? null : 'acme'
    await store.db
      .insertInto('audit_unchained')
      .values({ id, kind: 'call', at: AT, teamspace_id, event: `{"rule":"${index}"}` })
      .execute()
  }
  return ids
}

forEachStore('rows of before there were chains are taken into them once, in their order', async (_t, open) => {
  const store = await open()
  const ids = await leave(store, 700)
  // Two at once, as replicas that start together.
  await Promise.all([adoptRows(store, options), adoptRows(store, options)])
  const rows = await listAudit(store, { limit: 2_000 })
  const calls = rows.filter(({ kind }) => kind === 'call')
  assert.deepEqual(calls.map(({ id }) => id).reverse(), ids)
  for (const id of ['', 'acme']) assert.equal((await verifyChainPage(store, id, { limit: 2_000 })).isWhole, true)
  const adopted = rows.filter(({ action }) => action === 'audit.adopted')
  assert.deepEqual(adopted.map(({ after }) => (after as { rows: number }).rows).sort(), [200, 500])
  await adoptRows(store, options)
  assert.equal((await listAudit(store, { limit: 2_000 })).length, rows.length)
})
