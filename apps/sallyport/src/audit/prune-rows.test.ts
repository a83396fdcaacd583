import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forEachStore, TEST_SEALING_KEY } from '../../../../test/support/each-store.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import { auditChainOf } from './audit-chain.ts'
import { nextAuditId } from './audit-id.ts'
import { pruneRows } from './prune-rows.ts'
import { startPruning } from './start-pruning.ts'
import { verifyChainPage } from './verify-chain.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

const DAY_MS = 86_400_000
const NOW = 1_800_000_000_000
const log = () => undefined

/** A row for each day, the oldest first. */
const fill = (store: Store, days: number, chain = 'acme') =>
  store.transaction(({ db }) => {
    const rows = Array.from({ length: days }, (_, index) => {
      const at = NOW - (days - index) * DAY_MS
      return { teamspace_id: chain, id: nextAuditId(at), kind: 'call', at, event: '{}' } as const
    })
    return auditChainOf(store).append(db, rows)
  })

const verify = (store: Store, id: string) => verifyChainPage(store, id, { limit: 5_000 })

forEachStore(
  'B-27 what is older than it is kept goes, with a row that says so, and the chain stays whole',
  async (_t, open) => {
    const store = await open()
    await fill(store, 1_300)
    await fill(store, 20, 'young')
    assert.equal(await pruneRows(store, { retentionDays: 30, now: NOW, log }), 1_270)
    const rows = await listAudit(store, { teamspaceId: 'acme', limit: 2_000 })
    const calls = rows.filter(({ kind }) => kind === 'call')
    assert.equal(calls.length, 30)
    assert.ok(calls.every(({ at }) => at >= NOW - 30 * DAY_MS))
    const pruned = rows.filter(({ action }) => action === 'audit.pruned')
    assert.deepEqual(pruned.map(({ after }) => (after as { rows: number }).rows).reverse(), [500, 500, 270])
    const page = await verify(store, 'acme')
    assert.deepEqual([page.isWhole, page.prunedTo, page.checked], [true, 1_270, 33])
    assert.equal((await listAudit(store, { teamspaceId: 'young', limit: 100 })).length, 20)
    assert.equal(await pruneRows(store, { retentionDays: 30, now: NOW, log }), 0)
  },
)

forEachStore('after pruning, what was removed or altered is still found', async (_t, open) => {
  const store = await open()
  await fill(store, 40)
  await pruneRows(store, { retentionDays: 30, now: NOW, log })
  await store.db.deleteFrom('audit').where('seq', '=', 11).execute()
  assert.deepEqual((await verify(store, 'acme')).problem?.says, 'row 11 is missing')
})

forEachStore('pruning does not remove the traces of whoever changed the trail', async (_t, open) => {
  const store = await open()
  await fill(store, 40)
  await store.db.updateTable('audit').set({ event: '{"x":1}' }).where('seq', '=', 5).execute()
  const logged: string[] = []
  await pruneRows(store, { retentionDays: 30, now: NOW, log: (message) => logged.push(message) })
  assert.deepEqual(logged, ['The audit trail is not as it was written; old rows are kept'])
  const { prunedTo, problem } = await verify(store, 'acme')
  assert.deepEqual([prunedTo, problem?.kind, problem?.seq], [4, 'altered', 5])
})

test('two Sallyports that prune at once remove each row once', async () => {
  const { freshDatabase } = await import('../../../../test/support/postgres.ts')
  const { url, drop } = await freshDatabase()
  const stores = [
    await openStore({ url, sealingKey: TEST_SEALING_KEY }),
    await openStore({ url, sealingKey: TEST_SEALING_KEY }),
  ]
  await fill(stores[0]!, 1_100)
  const counts = await Promise.all(stores.map((store) => pruneRows(store, { retentionDays: 30, now: NOW, log })))
  const rest = await pruneRows(stores[0]!, { retentionDays: 30, now: NOW, log })
  assert.equal(counts[0]! + counts[1]! + rest, 1_070)
  assert.equal((await verify(stores[0]!, 'acme')).isWhole, true)
  await Promise.all(stores.map((store) => store.close()))
  await drop()
})

test('old rows are pruned by themselves, and a failure is tried again', async () => {
  const store = await openStore({ url: 'sqlite::memory:', sealingKey: TEST_SEALING_KEY })
  await fill(store, 40)
  let failing = true
  const flaky: Store = {
    ...store,
    transaction: (work) => (failing ? Promise.reject(new Error('disk full')) : store.transaction(work)),
  }
  const logged: string[] = []
  const pruning = startPruning(flaky, {
    retentionDays: 30,
    now: () => NOW,
    log: (message) => logged.push(message),
    everyMs: 5,
  })
  while (logged.length === 0) await sleep(2)
  failing = false
  const deadline = Date.now() + 10_000
  while ((await verify(store, 'acme')).prunedTo !== 10) {
    assert.ok(Date.now() < deadline, 'nothing was pruned')
    await sleep(5)
  }
  await pruning.close()
  await store.close()
})
