import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NONE, outcomeOf, PATH, personId, startSyncedGate, SYNC_APP } from './synced-gate.ts'

test('S2E-08 when a page fails nobody is taken out, and what came before it stays added', async (t) => {
  const { gate, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 1_500)
  await set()
  await run()
  group.members = [...group.members.slice(100), ...makePeople(2_001, 2_100)]
  const failures = [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 429, retryAfterSeconds: 3_600 },
    { kind: 'drop' },
    { kind: 'garbage' },
  ] as const
  for (const fault of failures) {
    gate.emulator.setFault({ path: 'graph', ...fault, skip: 1 })
    const { outcome, revoked, held, error } = await run()
    assert.deepEqual([outcome, revoked, held], ['failed', 0, 0])
    assert.ok(error?.says)
    assert.ok((await subjects()).has(personId(1)), fault.kind)
  }
  gate.emulator.setFault(undefined)
  assert.deepEqual(outcomeOf(await run()), {
    ...NONE,
    outcome: 'succeeded',
    members: 1_500,
    added: 100,
    revoked: 100,
  })
})

test('S2E-08 a group that is gone, or may not be read, is an error and takes nobody out', async (t) => {
  const { tenant, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 2)
  await set()
  await run()
  const { roleAssignments } = tenant.graph
  tenant.graph.roleAssignments = []
  const refused = await run()
  assert.deepEqual([refused.outcome, refused.error?.code], ['failed', 'permission_missing'])
  assert.match(refused.error?.says ?? '', /403 Authorization_RequestDenied.*GroupMember\.Read\.All/)
  tenant.graph.roleAssignments = roleAssignments
  tenant.groups.splice(tenant.groups.indexOf(group), 1)
  const gone = await run()
  assert.deepEqual([gone.outcome, gone.error?.code], ['failed', 'group_not_found'])
  assert.match(gone.error?.says ?? '', /404 Request_ResourceNotFound/)
  assert.ok((await subjects()).has(personId(1)))
})

test('S2E-04 without User.ReadBasic.All the run says so in the words that admins search for', async (t) => {
  const { gate, tenant, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 3)
  await set()
  tenant.graph.roleAssignments = [{ principalId: SYNC_APP, role: 'GroupMember.Read.All' }]
  const says =
    'Graph returned 3 user members but their profile fields are null. ' +
    'Sync app needs User.ReadBasic.All in addition to GroupMember.Read.All.'
  assert.deepEqual((await run()).error, { code: 'profiles_hidden', says })
  assert.ok(!(await subjects()).has(personId(1)))
  assert.deepEqual(await gate.admin.must('POST', `${PATH}/test`), { outcome: 'profiles_hidden', says })
})

test('S2E-08 a group without an Entra connection fails with what to do', async (t) => {
  const { gate, group, makePeople, set, run } = await startSyncedGate(t)
  group.members = makePeople(1, 1)
  await set()
  await gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
  assert.equal((await run()).error?.code, 'no_connection')
  assert.equal((await gate.admin.send('PUT', PATH, { clientId: SYNC_APP, groupId: group.id })).status, 409)
})
