import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestContext } from 'node:test'
import { createFederation } from '../../../apps/sallyport/src/provisioning/group-sync/federation.ts'
import { createGroupSync } from '../../../apps/sallyport/src/provisioning/group-sync/create-group-sync.ts'
import { openStore } from '../../../apps/sallyport/src/store/store.ts'
import type { Store } from '../../../apps/sallyport/src/store/store.ts'
import { isRefused } from '../../../apps/sallyport/src/teamspaces/refusal.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { TEST_SALLYPORT_KEY } from '../../support/sealing-key.ts'
import { NONE, outcomeOf, PATH, personId, startSyncedGate } from './synced-gate.ts'
import type { SyncedGate } from './synced-gate.ts'

/** What another replica, or the same at another time, would run. */
function groupSyncOver(store: Store, { gate }: SyncedGate, now = Date.now) {
  const { emulator, publicUrl } = gate
  const clouds = { emulator: { authority: emulator.url, graph: `${emulator.url}/graph` } }
  const log = (message: string) => assert.fail(message)
  const federation = createFederation({ store, publicUrl, now: Date.now, log: () => undefined })
  return createGroupSync({ store, clouds, federation, fetch, now, log })
}

const editorOf = (store: Store) => ({ store, now: Date.now, actor: 'test' })

async function onPostgres(t: TestContext) {
  const { url, drop } = await freshDatabase()
  const synced = await startSyncedGate(t, { database: url })
  t.after(drop)
  const sealingKey = Buffer.from(TEST_SALLYPORT_KEY, 'base64')
  const stores = [await openStore({ url, sealingKey }), await openStore({ url, sealingKey })]
  t.after(() => Promise.all(stores.map((store) => store.close())))
  return { synced, replicas: stores.map((store) => ({ store, groupSync: groupSyncOver(store, synced) })) }
}

test('S2E-10 of two replicas that sync at once one runs, and the other says that it is running (Postgres)', async (t) => {
  const { synced, replicas } = await onPostgres(t)
  const { gate, group, makePeople, set, ended, people } = synced
  group.members = makePeople(1, 600)
  await set()
  gate.emulator.setFault({ path: 'graph', kind: 'slow', delayMs: 200 })
  const asked = replicas.flatMap(({ store, groupSync }) =>
    Array.from({ length: 5 }, () => groupSync.start(editorOf(store), 'acme', { cause: 'request' })),
  )
  const answers = await Promise.all(asked)
  const [run, ...others] = answers.flatMap((answer) => (isRefused(answer) ? [] : [answer]))
  assert.equal(others.length, 0)
  for (const answer of answers.filter(isRefused)) {
    assert.deepEqual(answer.refused, { code: 'conflict', says: 'A run of this group sync is already running' })
  }
  assert.equal((await gate.admin.send('POST', `${PATH}/runs`)).status, 409)
  assert.equal(outcomeOf(await ended(run!.id)).added, 600)
  assert.equal((await people()).length, 602)
  await Promise.all(replicas.map(({ groupSync }) => groupSync.close()))
})

test('S2E-01 S2E-10 the schedule comes every half hour, once for all replicas (Postgres)', async (t) => {
  const { synced } = await onPostgres(t)
  const { gate, group, makePeople, set } = synced
  group.members = makePeople(1, 3)
  await set()
  const { nextRunAt } = await gate.admin.must('GET', PATH)
  const minutes = (nextRunAt - Date.now()) / 60_000
  assert.ok(minutes > 26 && minutes < 34, `in ${minutes} minutes`)
  const { store } = gate.sallyport
  const early = groupSyncOver(store, synced, () => nextRunAt - 1)
  assert.equal(await early.runDue(), 0)
  const replicas = [groupSyncOver(store, synced, () => nextRunAt), groupSyncOver(store, synced, () => nextRunAt)]
  const started = await Promise.all(replicas.map((replica) => replica.runDue()))
  assert.deepEqual(started.toSorted(), [0, 1])
  await Promise.all(replicas.map((replica) => replica.idle()))
  const { lastRun, nextRunAt: later } = await gate.admin.must('GET', PATH)
  assert.deepEqual([lastRun.cause, lastRun.actor, lastRun.added], ['schedule', 'group sync', 3])
  assert.ok(later > nextRunAt + 26 * 60_000)
  await set({ schedule: false })
  const never = groupSyncOver(store, synced, () => nextRunAt + 365 * 86_400_000)
  assert.deepEqual([await never.runDue(), (await gate.admin.must('GET', PATH)).nextRunAt], [0, null])
})

test('S2E-10 a run whose settings are changed meanwhile writes nothing more, and takes nobody out', async (t) => {
  const { gate, group, makePeople, set, run, ended, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 4)
  await set()
  await run()
  group.members.shift()
  for (const change of [() => set({ members: 'transitive' }), () => gate.admin.must('DELETE', PATH)]) {
    gate.emulator.setFault({ path: 'graph', kind: 'slow', delayMs: 200, times: 1 })
    const { id } = await gate.admin.must('POST', `${PATH}/runs`)
    await change()
    if (change.toString().includes('DELETE')) await sleep(300)
    else assert.equal((await ended(id)).error?.code, 'turn_lost')
    assert.ok((await subjects()).has(personId(1)))
  }
  const { runs } = await gate.admin.must('GET', `${PATH}/runs`)
  assert.deepEqual(runs, [])
})

test('S2E-10 a Sallyport that stops ends its run, and says so', async (t) => {
  const synced = await startSyncedGate(t)
  const { gate, group, makePeople, set, ended, run } = synced
  group.members = makePeople(1, 4)
  await set()
  const { store } = gate.sallyport
  const groupSync = groupSyncOver(store, synced)
  gate.emulator.setFault({ path: 'graph', kind: 'slow', delayMs: 2_000, times: 1 })
  const begun = await groupSync.start(editorOf(store), 'acme', { cause: 'request' })
  assert.ok(!isRefused(begun))
  while (!gate.emulator.requests.some(({ path }) => path.startsWith('/graph/'))) await sleep(5)
  const stopping = performance.now()
  await groupSync.close()
  assert.ok(performance.now() - stopping < 1_000)
  const { outcome, error } = await ended(begun.id)
  assert.deepEqual([outcome, error?.code], ['failed', 'stopped'])
  assert.ok(isRefused(await groupSync.start(editorOf(store), 'acme', { cause: 'request' })))
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 4, added: 4 })
})

test('the last 50 runs are kept, each with its row in the audit trail', async (t) => {
  const { gate, group, makePeople, set, run } = await startSyncedGate(t)
  group.members = makePeople(1, 1)
  await set()
  for (let runs = 0; runs < 52; runs++) await run()
  const { runs } = await gate.admin.must('GET', `${PATH}/runs`)
  assert.equal(runs.length, 50)
  assert.deepEqual([runs[0].added, runs.at(-1).added], [0, 0])
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme&limit=100')
  const rows = events.filter(({ action }: { action: string }) => action === 'group_sync.run')
  assert.equal(rows.length, 52)
  assert.deepEqual(rows.at(-1).after, {
    id: rows.at(-1).after.id,
    cause: 'request',
    outcome: 'succeeded',
    ...NONE,
    members: 1,
    added: 1,
  })
})
