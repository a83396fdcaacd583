import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TEST_SEALING_KEY, forEachStore } from '../../../../test/support/each-store.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import type { CallEvent } from './audit-event.ts'
import { nextAuditId } from './audit-id.ts'
import { createAuditQueue } from './audit-queue.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

/** Request ids sort in the order of the calls, and are the ids of the rows. */
const calls = Array.from({ length: 3_000 }, (_, index) => nextAuditId(1_800_000_000_000 + index))

const call = (index: number, more: Partial<CallEvent> = {}): CallEvent => ({
  requestId: calls[index]!,
  at: 1_800_000_000_000,
  decision: 'allowed',
  rule: 'member',
  status: 200,
  durationMs: 1.5,
  ...more,
})

const openMemory = () => openStore({ url: 'sqlite::memory:', sealingKey: TEST_SEALING_KEY })

/** The same store, whose transactions fail as long as `broken` says so. */
const failing = (store: Store, broken: () => boolean): Store => ({
  ...store,
  transaction: (work, survives) =>
    broken() ? Promise.reject(new Error('disk full')) : store.transaction(work, survives),
})

forEachStore('every recorded call is written, in order, with all that is known of it', async (_t, open) => {
  const store = await open()
  const queue = createAuditQueue({ store, log: () => undefined })
  queue.record(call(0, { teamspaceId: 'acme', email: 'anna@acme.example', detail: { expected: 'a' } }))
  for (let index = 0; index < 2_500; index++) queue.record(call(index + 1))
  queue.record(call(2_501, { decision: 'denied', rule: 'not_a_member', status: 401 }))
  await queue.flush()

  const rows = await listAudit(store, { limit: 10_000 })
  assert.equal(rows.length, 2_502)
  const { id: _id, ...first } = rows.at(-1)!
  const expected = call(0, { teamspaceId: 'acme', email: 'anna@acme.example', detail: { expected: 'a' } })
  assert.deepEqual(first, { kind: 'call', ...expected })
  assert.deepEqual([rows[0]?.requestId, rows[0]?.decision, rows[0]?.rule], [calls[2_501], 'denied', 'not_a_member'])
  assert.equal((await listAudit(store, { teamspaceId: 'acme', limit: 10 })).length, 1)
  const [, second] = await listAudit(store, { limit: 2 })
  assert.deepEqual((await listAudit(store, { limit: 1, before: rows[0]!.id }))[0], second)
  await queue.close()
})

test('calls are written by themselves, soon', async () => {
  const store = await openMemory()
  const queue = createAuditQueue({ store, log: () => undefined, flushEveryMs: 5 })
  queue.record(call(0))
  const deadline = Date.now() + 10_000
  while ((await listAudit(store, { limit: 1 })).length === 0) {
    assert.ok(Date.now() < deadline, 'nothing was written')
    await sleep(5)
  }
  await queue.close()
  await store.close()
})

test('a failed batch is written later, in its order, and nobody hears of it but the log', async () => {
  const store = await openMemory()
  let broken = true
  const logged: string[] = []
  const queue = createAuditQueue({
    store: failing(store, () => broken),
    log: (message) => logged.push(message),
    flushEveryMs: 1,
  })
  queue.record(call(0))
  await sleep(20)
  queue.record(call(1))
  broken = false
  const deadline = Date.now() + 10_000
  while ((await listAudit(store, { limit: 9 })).length < 2) {
    assert.ok(Date.now() < deadline, 'nothing was written')
    await sleep(5)
  }
  const rows = await listAudit(store, { limit: 9 })
  assert.deepEqual(
    rows.map(({ requestId }) => requestId),
    [calls[1], calls[0]],
  )
  assert.equal(queue.dropped, 0)
  assert.equal(logged.length, 2)
  await queue.close()
  await store.close()
})

forEachStore(
  'a batch that was committed but seemed to fail is written once, and the next ones after it',
  async (_t, open) => {
    const store = await open()
    let lost = false
    const answerLost: Store = {
      ...store,
      async transaction(work, survives) {
        const result = await store.transaction(work, survives)
        if (lost) return result
        lost = true
        throw new Error('connection reset')
      },
    }
    const queue = createAuditQueue({ store: answerLost, log: () => undefined, flushEveryMs: 60_000 })
    queue.record(call(0))
    await assert.rejects(queue.flush(), /connection reset/)
    queue.record(call(1))
    await queue.flush()
    assert.deepEqual(
      (await listAudit(store, { limit: 9 })).map(({ id }) => id),
      [calls[1], calls[0]],
    )
    await queue.close()
  },
)

test('the queue is bounded: what does not fit is counted, and record never throws', async () => {
  const store = await openMemory()
  const queue = createAuditQueue({ store: failing(store, () => true), log: () => undefined, maxQueued: 100 })
  for (let index = 0; index < 150; index++) queue.record(call(index))
  assert.equal(queue.dropped, 50)
  await assert.rejects(queue.flush(), /disk full/)
  assert.equal(queue.dropped, 50)
  await queue.close()
  assert.equal(queue.dropped, 150)
  await store.close()
})

test('closing writes what is left, and calls after it are counted as lost', async () => {
  const store = await openMemory()
  const queue = createAuditQueue({ store, log: () => undefined, flushEveryMs: 60_000 })
  queue.record(call(0))
  await queue.close()
  queue.record(call(1))
  assert.equal((await listAudit(store, { limit: 9 })).length, 1)
  assert.equal(queue.dropped, 1)
  await store.close()
})

forEachStore(
  'what is waited for is on the disk when the wait ends, many calls in one transaction',
  async (_t, open) => {
    const store = await open()
    let transactions = 0
    const counted: Store = {
      ...store,
      transaction: (work, survives) => {
        transactions += 1
        assert.equal(survives, 'power loss')
        return store.transaction(work, survives)
      },
    }
    const queue = createAuditQueue({ store: counted, log: () => undefined, flushEveryMs: 60_000 })
    const waits = Array.from({ length: 300 }, (_, index) => queue.committed(call(index)))
    await Promise.all(waits)
    assert.equal((await listAudit(store, { limit: 1_000 })).length, 300)
    assert.ok(transactions <= 3, `${transactions} transactions`)
    // One alone waits for one flush, and for no timer.
    await queue.committed({ ...call(300), decision: 'attempt' })
    const [last] = await listAudit(store, { limit: 1 })
    assert.deepEqual([last?.kind, last?.requestId, last?.decision], ['attempt', calls[300], 'allowed'])
    await queue.close()
  },
)

test('who waits hears at once that nothing can be written, and the rows stay', async () => {
  const store = await openMemory()
  let broken = true
  const queue = createAuditQueue({ store: failing(store, () => broken), log: () => undefined, flushEveryMs: 10 })
  await assert.rejects(queue.committed(call(0)), /disk full/)
  await assert.rejects(queue.committed(call(1)), /disk full/)
  broken = false
  await queue.committed(call(2))
  assert.equal((await listAudit(store, { limit: 9 })).length, 3)
  await queue.close()
  await store.close()
})

test('who waits while the queue is full or closed is told so, and it is counted', async () => {
  const store = await openMemory()
  const queue = createAuditQueue({ store: failing(store, () => true), log: () => undefined, maxQueued: 2 })
  queue.record(call(0))
  queue.record(call(1))
  await assert.rejects(queue.committed(call(2)), /the audit queue is full/)
  assert.equal(queue.dropped, 1)
  await queue.close()
  await assert.rejects(queue.committed(call(3)), /the audit queue is full/)
  await store.close()
})

test('a database that hangs holds nobody for longer than five seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const store = await openMemory()
  const hanging: Store = { ...store, transaction: () => new Promise(() => undefined) }
  const queue = createAuditQueue({ store: hanging, log: () => undefined })
  const refused = assert.rejects(queue.committed(call(0)), /did not answer in time/)
  t.mock.timers.tick(5_000)
  await refused
  t.mock.timers.reset()
  await store.close()
})
