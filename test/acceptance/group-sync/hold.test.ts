import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { freshFile } from '../../support/each-store.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { NONE, outcomeOf, PATH, personId, startSyncedGate } from './synced-gate.ts'

test('S2E-08 an emptied group takes nobody out until somebody confirms', async (t) => {
  const { gate, group, makePeople, set, run, subjects, confirm, sendConfirm } = await startSyncedGate(t)
  group.members = makePeople(1, 4)
  await set({ maxRemovalPercent: 100 })
  await run()
  group.members = []
  const held = await run()
  assert.deepEqual(outcomeOf(held), { ...NONE, outcome: 'held', held: 4 })
  assert.equal((await gate.admin.must('GET', PATH)).heldRunId, held.id)
  const people = await subjects()
  for (let number = 1; number <= 4; number++) assert.ok(people.has(personId(number)))

  const confirmed = await confirm(held.id)
  assert.deepEqual(outcomeOf(confirmed), { ...NONE, outcome: 'succeeded', revoked: 4 })
  assert.equal(confirmed.cause, 'confirmation')
  assert.ok(!(await subjects()).has(personId(1)))
  assert.equal((await gate.admin.must('GET', PATH)).heldRunId, null)
  assert.equal((await sendConfirm(held.id, 'any')).status, 409)
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
  const { gate, group, makePeople, set, run, subjects, confirm } = await startSyncedGate(t)
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
  assert.equal((await confirm(first.id)).revoked, 3) // the same people, whichever run showed them
})

test('S2E-08 what is confirmed are these people: whoever left since is held anew', async (t) => {
  const { group, makePeople, set, run, subjects, confirm, sendConfirm } = await startSyncedGate(t)
  group.members = makePeople(1, 5)
  await set()
  await run()
  group.members = [personId(4), personId(5)]
  const held = await run()
  assert.equal(held.held, 3)
  group.members = [personId(5)]
  const again = await confirm(held.id)
  assert.deepEqual(outcomeOf(again), { ...NONE, outcome: 'held', members: 1, held: 4 })
  assert.ok((await subjects()).has(personId(1)))
  assert.equal((await sendConfirm(held.id, 'any')).status, 409)
  group.members = [personId(1), personId(5)]
  assert.equal((await confirm(again.id)).revoked, 3) // fewer than confirmed is no more than confirmed
  assert.ok((await subjects()).has(personId(1)))
})

test('S2E-08 other settings ask anew, and a run that is unknown or did not wait cannot be confirmed', async (t) => {
  const { group, makePeople, set, run, sendConfirm } = await startSyncedGate(t)
  group.members = makePeople(1, 2)
  await set()
  const { id } = await run()
  assert.equal((await sendConfirm(id, 'any')).status, 409)
  group.members = []
  const held = await run()
  await set()
  assert.equal((await sendConfirm(held.id, 'any')).status, 409)
  assert.equal((await sendConfirm(personId(1), 'any')).status, 404)
})

test('S2E-08 people who were exchanged for more others are held: newcomers do not make the loss smaller', async (t) => {
  const { group, makePeople, set, run } = await startSyncedGate(t)
  group.members = makePeople(1, 4)
  await set()
  await run()
  group.members = makePeople(5, 40)
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'held', members: 36, added: 36, held: 4 })
})

for (const [engine, fresh] of [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const) {
  const start = async (t: TestContext) => {
    const { url, drop } = await fresh()
    const synced = await startSyncedGate(t, { database: url })
    t.after(drop)
    return synced
  }

  test(`S2E-08 a held run says whom it would take out, page by page, and what becomes of each (${engine})`, async (t) => {
    const { gate, group, makePeople, set, run, held } = await start(t)
    group.members = makePeople(1, 5)
    await set()
    await run()
    await gate.admin.addMember('acme', { email: 'person2@acme.example', oid: personId(2) })
    group.members = [personId(5)]
    const { id } = await run()
    const whole = await held(id)
    assert.deepEqual([whole.total, whole.losing, whole.next], [4, 3, undefined])
    const shown = whole.people.map(({ email, displayName, role, subject, losesAccess }) => {
      return { email, displayName, role, subject, losesAccess }
    })
    assert.deepEqual(
      shown,
      [1, 2, 3, 4].map((number) => ({
        email: `person${number}@acme.example`,
        displayName: `Person ${number}`,
        role: 'developer',
        subject: personId(number),
        losesAccess: number !== 2,
      })),
    )
    const first = await held(id, '?limit=3')
    const second = await held(id, `?limit=3&after=${encodeURIComponent(first.next!)}`)
    assert.deepEqual([...first.people, ...second.people], whole.people)
    assert.deepEqual([first.list, second.list, second.next], [whole.list, whole.list, undefined])
    for (const query of ['?limit=0', '?limit=1001', '?limit=x', '?after=%00', '?other=1']) {
      const path = `${PATH}/runs/${id}/held${query}`
      assert.equal((await gate.admin.send('GET', path)).status, 400, query)
    }
  })

  test(`S2E-08 what is confirmed is what was shown: another list, role or fate is shown again (${engine})`, async (t) => {
    const { gate, group, makePeople, set, run, held, confirm, sendConfirm, subjects } = await start(t)
    group.members = makePeople(1, 6)
    await set()
    await run()
    group.members = [personId(5), personId(6)]
    const { id } = await run()
    let { list, people } = await held(id)
    const path = (subject: string) =>
      `/teamspaces/acme/members/${people.find((person) => person.subject === subject)!.memberId}`
    const changes = [
      () => gate.admin.must('PATCH', path(personId(1)), { role: 'owner' }),
      () => gate.admin.addMember('acme', { email: 'person2@acme.example', oid: personId(2) }),
      () => gate.admin.must('DELETE', path(personId(3))),
    ]
    for (const change of changes) {
      await change()
      const refused = await sendConfirm(id, list)
      assert.deepEqual([refused.status, /has changed since/.test(refused.body.detail)], [409, true])
      const later = await held(id)
      assert.notEqual(later.list, list)
      list = later.list
    }
    await gate.admin.must('PATCH', path(personId(1)), { displayName: 'A name is a label' })
    assert.equal((await held(id)).list, list)
    assert.deepEqual(outcomeOf(await confirm(id)), { ...NONE, outcome: 'succeeded', members: 2, revoked: 2, kept: 1 })
    const left = await subjects()
    assert.deepEqual([left.has(personId(1)), left.has(personId(2)), left.has(personId(4))], [false, true, false])
  })
}

test('S2E-08 whoever came back is shown no more: the next run asks anew, and the one before cannot be confirmed', async (t) => {
  const { gate, group, makePeople, set, run, held, confirm, sendConfirm } = await startSyncedGate(t)
  group.members = makePeople(1, 5)
  await set({ maxRemovalPercent: 10 })
  await run()
  group.members = [personId(5)]
  const before = await run()
  const { list } = await held(before.id)
  group.members = [personId(4), personId(5)]
  const after = await run()
  assert.equal((await gate.admin.must('GET', PATH)).heldRunId, after.id)
  assert.equal((await sendConfirm(before.id, list)).status, 409)
  assert.equal((await gate.admin.send('GET', `${PATH}/runs/${before.id}/held`)).status, 409)
  assert.deepEqual(
    (await held(after.id)).people.map(({ subject }) => subject),
    [1, 2, 3].map(personId),
  )
  assert.equal((await confirm(after.id)).revoked, 3)
  assert.equal((await gate.admin.send('GET', `${PATH}/runs/${after.id}/held`)).status, 409)
  assert.equal((await gate.admin.send('GET', `${PATH}/runs/${personId(1)}/held`)).status, 404)
})
