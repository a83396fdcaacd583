import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOf, startSyncedGate } from './synced-gate.ts'

const NONE = { members: 0, added: 0, revoked: 0, kept: 0, skipped: 0, held: 0 }

test('S2E-01 S2E-06 members of the group become members, and lose access when they leave it', async (t) => {
  const { gate, group, makePeople, set, run, people, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 5)
  await set()
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 5, added: 5 })
  const first = (await people()).find(({ subject }) => subject === group.members[0])
  assert.deepEqual([first?.email, first?.role, first?.sources], ['person1@acme.example', 'developer', ['group_sync']])
  const token = await gate.tokenFor('person1@acme.example')
  assert.equal((await gate.call(token)).status, 200)

  const gone = group.members.shift()!
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 4, revoked: 1 })
  assert.ok(!(await subjects()).has(gone))
  assert.equal((await gate.call(token)).status, 401)
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 4 })
})
