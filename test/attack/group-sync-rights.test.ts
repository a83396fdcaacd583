import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createConsoleBrowser } from '../support/console-browser.ts'
import { startConsoleGate } from '../support/console-idps.ts'
import { ACME } from '../support/gate.ts'
import { PATH, personId, SYNC_APP, syncedOver } from '../acceptance/group-sync/synced-gate.ts'

const API = `/api/v1${PATH}`

/** Acme, synced with a group; Ada is signed in to the console as one of its admins. */
async function startAsAdmin(t: TestContext, role = 'admin') {
  const { gate, signIn } = await startConsoleGate(t)
  const synced = await syncedOver(gate)
  const ada = createConsoleBrowser(gate.adminUrl)
  assert.equal((await signIn(ada, ACME.ada.email)).status, 303)
  const { members } = await gate.admin.must('GET', '/teamspaces/acme/members?query=ada')
  const path = `/teamspaces/acme/members/${members[0].id}`
  await gate.admin.must('PATCH', path, { role })
  return { gate, ada, adaPath: path, ...synced }
}

test('an admin who is removed while a run of theirs goes on: it ends as any other, and on record', async (t) => {
  const { gate, ada, adaPath, group, makePeople, set, ended, subjects } = await startAsAdmin(t)
  group.members = makePeople(1, 3)
  await set({ schedule: false })
  gate.emulator.setFault({ path: 'graph', kind: 'slow', delayMs: 300, times: 1 })
  const { status, body } = await ada.post(`${API}/runs`)
  assert.equal(status, 202)
  await gate.admin.must('DELETE', adaPath)
  assert.equal((await ada.get(API)).status, 401)
  assert.deepEqual([(await ended(body.id)).outcome, (await subjects()).has(personId(3))], ['succeeded', true])
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme&text=group_sync.run')
  assert.deepEqual([events.length, events[0].actor], [1, ACME.ada.email])
})

test('an admin who is themselves among those who left the group takes out all of them, not only the first', async (t) => {
  const { gate, ada, group, makePeople, set, run, subjects } = await startAsAdmin(t)
  const everybody = makePeople(1, 450)
  group.members = [...everybody, ACME.ada.oid]
  await set({ schedule: false })
  await run()
  // Now group sync alone vouches for Ada.
  const { db } = gate.sallyport.store
  await db.deleteFrom('identity_source').where('source', '=', 'manual').execute()
  const ended = await ada.send('DELETE', `${API}?revoke=true`)
  assert.deepEqual([ended.status, ended.body], [200, { revoked: 451 }])
  assert.deepEqual(await subjects(), new Set([ACME.ben.oid]))
})

test('an admin takes out no owner by ending group sync, and an owner not the last one', async (t) => {
  const { gate, ada, adaPath, group, makePeople, set, run, subjects } = await startAsAdmin(t)
  group.members = makePeople(1, 2)
  await set({ schedule: false })
  await run()
  const { members } = await gate.admin.must('GET', '/teamspaces/acme/members?query=person1@')
  await gate.admin.must('PATCH', `/teamspaces/acme/members/${members[0].id}`, { role: 'owner' })
  const refused = await ada.send('DELETE', `${API}?revoke=true`)
  assert.equal(refused.status, 403, refused.text)
  const elsewhere = { clientId: SYNC_APP, groupId: personId(9) }
  assert.equal((await ada.send('PUT', API, elsewhere)).status, 403, 'another group would do the same')
  assert.equal((await ada.send('DELETE', API)).status, 200)
  assert.equal((await ada.send('PUT', API, elsewhere)).status, 403, 'also where the group was given up first')
  await set({ schedule: false })
  assert.notEqual((await gate.admin.must('GET', PATH)).settings, null, 'nothing is changed')
  assert.ok((await subjects()).has(personId(1)))

  await gate.admin.must('PATCH', adaPath, { role: 'owner' })
  assert.deepEqual((await ada.send('DELETE', `${API}?revoke=true`)).body, { revoked: 2 })
})
