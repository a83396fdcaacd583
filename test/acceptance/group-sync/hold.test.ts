import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NONE, outcomeOf, PATH, personId, startSyncedGate } from './synced-gate.ts'

test('S2E-08 an emptied group takes nobody out until somebody confirms', async (t) => {
  const { gate, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 4)
  await set({ maxRemovalPercent: 100 })
  await run()
  group.members = []
  const held = await run()
  assert.deepEqual(outcomeOf(held), { ...NONE, outcome: 'held', held: 4 })
  assert.equal((await gate.admin.must('GET', PATH)).heldRunId, held.id)
  const people = await subjects()
  for (let number = 1; number <= 4; number++) assert.ok(people.has(personId(number)))

  const confirmed = await run(`runs/${held.id}/confirm`)
  assert.deepEqual(outcomeOf(confirmed), { ...NONE, outcome: 'succeeded', revoked: 4 })
  assert.equal(confirmed.cause, 'confirmation')
  assert.ok(!(await subjects()).has(personId(1)))
  assert.equal((await gate.admin.must('GET', PATH)).heldRunId, null)
  assert.equal((await gate.admin.send('POST', `${PATH}/runs/${held.id}/confirm`)).status, 409)
})

test('S2E-08 half of the people go by themselves, more than half are held', async (t) => {
  const { group, makePeople, set, run } = await startSyncedGate(t)
  group.members = makePeople(1, 8)
  await set()
  await run()
  group.members = group.members.slice(4)
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 4, revoked: 4 })
  group.members = group.members.slice(3)
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'held', members: 1, held: 3 })
})

test('S2E-08 a held run adds whom it can, and comes again with the same question', async (t) => {
  const { gate, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 3)
  await set()
  await run()
  group.members = makePeople(4, 4)
  const first = await run()
  assert.deepEqual(outcomeOf(first), { ...NONE, outcome: 'held', members: 1, added: 1, held: 3 })
  assert.ok((await subjects()).has(personId(4)))
  const second = await run()
  assert.equal(second.outcome, 'held')
  assert.equal((await gate.admin.must('GET', PATH)).heldRunId, second.id)
  assert.equal((await run(`runs/${first.id}/confirm`)).revoked, 3) // the same people, whichever run showed them
})

test('S2E-08 what is confirmed are these people: whoever left since is held anew', async (t) => {
  const { gate, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 5)
  await set()
  await run()
  group.members = [personId(4), personId(5)]
  const held = await run()
  assert.equal(held.held, 3)
  group.members = [personId(5)]
  const again = await run(`runs/${held.id}/confirm`)
  assert.deepEqual(outcomeOf(again), { ...NONE, outcome: 'held', members: 1, held: 4 })
  assert.ok((await subjects()).has(personId(1)))
  assert.equal((await gate.admin.send('POST', `${PATH}/runs/${held.id}/confirm`)).status, 409)
  group.members = [personId(1), personId(5)]
  assert.equal((await run(`runs/${again.id}/confirm`)).revoked, 3) // fewer than confirmed is no more than confirmed
  assert.ok((await subjects()).has(personId(1)))
})

test('S2E-08 other settings ask anew, and a run that is unknown or did not wait cannot be confirmed', async (t) => {
  const { gate, group, makePeople, set, run } = await startSyncedGate(t)
  group.members = makePeople(1, 2)
  await set()
  const { id } = await run()
  assert.equal((await gate.admin.send('POST', `${PATH}/runs/${id}/confirm`)).status, 409)
  group.members = []
  const held = await run()
  await set()
  assert.equal((await gate.admin.send('POST', `${PATH}/runs/${held.id}/confirm`)).status, 409)
  assert.equal((await gate.admin.send('POST', `${PATH}/runs/${personId(1)}/confirm`)).status, 404)
})

test('S2E-08 people who were exchanged for more others are held: newcomers do not make the loss smaller', async (t) => {
  const { group, makePeople, set, run } = await startSyncedGate(t)
  group.members = makePeople(1, 4)
  await set()
  await run()
  group.members = makePeople(5, 40)
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'held', members: 36, added: 36, held: 4 })
})
