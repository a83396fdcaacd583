import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freshFile } from '../../support/each-store.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { NONE, outcomeOf, startSyncedGate } from './synced-gate.ts'

for (const [engine, fresh] of [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const) {
  test(`S2E-07 5,000 members come over pages and throttling, each once, and again without a change (${engine})`, async (t) => {
    const { url, drop } = await fresh()
    const { gate, group, makePeople, set, run, people } = await startSyncedGate(t, { database: url })
    t.after(drop)
    group.members = makePeople(1, 5_000)
    await set()
    gate.emulator.setFault({ path: 'graph', kind: 'status', status: 429, retryAfterSeconds: 1, skip: 2, times: 2 })
    assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 5_000, added: 5_000 })
    assert.equal(new Set((await people()).map(({ subject }) => subject)).size, 5_002)
    const asked = gate.emulator.requests.filter(({ path }) => path.startsWith('/graph/'))
    assert.equal(asked.length, 6 + 2)
    for (const { query, headers } of asked) {
      assert.deepEqual([query['$top'], query['$count'], headers['consistencylevel']], ['999', 'true', 'eventual'])
    }
    group.members = group.members.slice(2_000)
    assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 3_000, revoked: 2_000 })
    assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 3_000 })
  })
}
