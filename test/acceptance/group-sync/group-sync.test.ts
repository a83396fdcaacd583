import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME } from '../../support/gate.ts'
import { NONE, outcomeOf, personId, startSyncedGate, SYNC_APP } from './synced-gate.ts'

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

test('S2E-06 S2E-09 somebody with two sources is one member, and stays when one of them goes', async (t) => {
  const { gate, group, makePeople, set, run, people } = await startSyncedGate(t)
  group.members = [ACME.ada.oid, ...makePeople(1, 3)]
  await set()
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 4, added: 4 })
  const ada = async () => (await people()).filter(({ subject }) => subject === ACME.ada.oid)
  assert.deepEqual(
    (await ada()).map(({ sources }) => sources),
    [['group_sync', 'manual']],
  )
  group.members.shift()
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 3, kept: 1 })
  assert.deepEqual(
    (await ada()).map(({ sources }) => sources),
    [['manual']],
  )
  assert.equal((await gate.call(await gate.tokenFor(ACME.ada.email))).status, 200)
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme&limit=3')
  const ofAda = events.find(({ action }: { action: string }) => action === 'member.source.remove')
  assert.deepEqual([ofAda.before.sources, ofAda.after.sources], [['group_sync', 'manual'], ['manual']])
})

test('S2E-06 people whom others put here are never touched', async (t) => {
  const { group, makePeople, set, run, people } = await startSyncedGate(t)
  const before = await people()
  group.members = makePeople(1, 2)
  await set({ maxRemovalPercent: 100 })
  await run()
  group.members = makePeople(3, 3)
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 1, added: 1, revoked: 2 })
  assert.deepEqual(
    (await people()).filter(({ sources }) => sources.includes('manual')),
    before,
  )
})

test('S2E-05 M-24 direct members only, unless members of nested groups are asked for', async (t) => {
  const { tenant, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  const inner = { id: personId(900), displayName: 'Inner', members: makePeople(3, 4), securityEnabled: true }
  const innermost = { id: personId(901), displayName: 'Innermost', members: makePeople(5, 5), securityEnabled: true }
  tenant.groups.push(inner, innermost)
  inner.members.push(innermost.id, group.id) // a circle, as Entra allows it
  group.members = [...makePeople(1, 2), inner.id]
  await set()
  assert.equal((await run()).members, 2)
  assert.ok(!(await subjects()).has(personId(3)))
  await set({ members: 'transitive' })
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 5, added: 3 })
  assert.ok((await subjects()).has(personId(5)))
})

test('S2E-09 disabled accounts count as if they were not in the group, unless that is switched off', async (t) => {
  const { tenant, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  tenant.graph.roleAssignments.push({ principalId: SYNC_APP, role: 'User.Read.All' })
  group.members = makePeople(1, 3)
  await set()
  await run()
  tenant.users.find(({ id }) => id === personId(1))!.accountEnabled = false
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 2, skipped: 1, revoked: 1 })
  assert.ok(!(await subjects()).has(personId(1)))
  await set({ skipDisabled: false })
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 3, added: 1 })
})

test('S2E-09 where the sync app may not read it, nobody counts as disabled', async (t) => {
  const { group, makePeople, set, run } = await startSyncedGate(t)
  group.members = makePeople(1, 2, { accountEnabled: false })
  await set()
  assert.equal((await run()).members, 2)
})

test('S2E-06 whoever was removed by hand is not brought back by a run, and is by hand', async (t) => {
  const { gate, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 2)
  await set()
  await run()
  await gate.admin.removeMember('acme', 'person1@acme.example')
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 1, skipped: 1 })
  assert.ok(!(await subjects()).has(personId(1)))
  await gate.admin.addMember('acme', { email: 'person1@acme.example', oid: personId(1) })
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', members: 2, added: 1 })
})

test('S2E-05 with revocation off whoever leaves the group stays', async (t) => {
  const { group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 3)
  await set({ revoke: false })
  await run()
  group.members = []
  assert.deepEqual(outcomeOf(await run()), { ...NONE, outcome: 'succeeded', kept: 3 })
  assert.ok((await subjects()).has(personId(1)))
})

test('S2D-10 an e-mail that another member has is not taken over, and nobody is shut out for it', async (t) => {
  const { group, makePeople, set, run, people } = await startSyncedGate(t)
  group.members = [...makePeople(1, 1, { mail: 'ADA@acme.example' }), ...makePeople(2, 2), ...makePeople(3, 3)]
  await set()
  await run()
  const emailOf = async (id: string) => (await people()).find(({ subject }) => subject === id)?.email
  assert.match((await emailOf(personId(1))) ?? '', /@unnamed\.invalid$/)
  assert.equal(await emailOf(ACME.ada.oid), ACME.ada.email)
})

test('S2E-06 a new name in the directory becomes the new name here', async (t) => {
  const { tenant, group, makePeople, set, run, people } = await startSyncedGate(t)
  group.members = makePeople(1, 2)
  await set()
  await run()
  tenant.users.find(({ id }) => id === personId(2))!.mail = 'married@acme.example'
  await run()
  assert.equal((await people()).find(({ subject }) => subject === personId(2))?.email, 'married@acme.example')
})

test('S2E-06 the role of the settings is given to newcomers; nobody else changes theirs', async (t) => {
  const { group, makePeople, set, run, people } = await startSyncedGate(t)
  group.members = [...makePeople(1, 1), ACME.ada.oid]
  await set({ role: 'admin' })
  await run()
  const roles = Object.fromEntries((await people()).map(({ subject, role }) => [subject, role]))
  assert.deepEqual([roles[personId(1)], roles[ACME.ada.oid]], ['admin', 'developer'])
})

test('S2E-06 people have the names of the directory, cleaned; a name that was given by hand stays', async (t) => {
  const { gate, tenant, group, makePeople, set, run, people } = await startSyncedGate(t)
  group.members = [...makePeople(1, 2), ...makePeople(3, 3, { displayName: 'P\u202e3\n' }), ACME.ada.oid]
  const ada = (await people()).find(({ subject }) => subject === ACME.ada.oid)!
  const path = `/teamspaces/acme/members/${ada.id}`
  await gate.admin.must('PATCH', path, { displayName: 'Countess' })
  await set()
  await run()
  const names = async () => Object.fromEntries((await people()).map((person) => [person.subject, person.displayName]))
  const first = await names()
  assert.deepEqual([first[personId(1)], first[personId(3)], first[ACME.ada.oid]], ['Person 1', 'P3', 'Countess'])

  tenant.users.find(({ id }) => id === personId(1))!.displayName = 'Person Married'
  tenant.users.find(({ id }) => id === personId(2))!.displayName = ''
  await gate.admin.must('PATCH', path, { displayName: null })
  await run()
  const later = await names()
  assert.deepEqual([later[personId(1)], later[personId(2)]], ['Person Married', 'Person 2'])
  assert.equal(later[ACME.ada.oid], tenant.users.find(({ id }) => id === ACME.ada.oid)!.displayName)
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme&limit=100')
  const renamed = events.filter(({ action }: { action: string }) => action === 'member.rename')
  assert.equal(renamed.length, 2)
  assert.equal(renamed.find(({ after }: any) => after.subject === personId(1)).before.displayName, 'Person 1')
})
