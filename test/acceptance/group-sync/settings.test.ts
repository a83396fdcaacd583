import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME } from '../../support/gate.ts'
import { PATH, personId, startSyncedGate, SYNC_APP } from './synced-gate.ts'

const NOBODY = '99999999-0000-4000-8000-000000000000'

test('S2E-02 Sallyport is the issuer: discovery and keys are on the public listener, and say what the panel says', async (t) => {
  const { gate } = await startSyncedGate(t)
  const { credential } = await gate.admin.must('GET', PATH)
  const { id } = await gate.admin.must('GET', '/teamspaces/acme')
  assert.deepEqual(credential, {
    issuer: `${gate.publicUrl}/federation`,
    subject: `teamspace:${id}`,
    audience: 'api://AzureADTokenExchange',
  })
  const discovery = await fetch(`${credential.issuer}/.well-known/openid-configuration`)
  const { issuer, jwks_uri, id_token_signing_alg_values_supported: algorithms } = (await discovery.json()) as any
  assert.deepEqual([issuer, algorithms], [credential.issuer, ['RS256']])
  const { keys } = (await (await fetch(jwks_uri)).json()) as any
  assert.deepEqual(Object.keys(keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
  const other = await fetch(`${gate.publicUrl}/.well-known/jwks.json`)
  assert.equal(other.status, 404) // these keys are nobody else's
})

test('S2E-05 Test says how many members the group has, of the saved group and of one that is not saved', async (t) => {
  const { gate, group, makePeople, set } = await startSyncedGate(t)
  group.members = makePeople(1, 25)
  const body = { clientId: SYNC_APP, groupId: group.id }
  const ok = { outcome: 'ok', says: 'Connected. Group has 25 members.', members: 25 }
  assert.deepEqual(await gate.admin.must('POST', `${PATH}/test`, body), ok)
  assert.equal((await gate.admin.send('POST', `${PATH}/test`)).status, 404)
  await set()
  assert.deepEqual(await gate.admin.must('POST', `${PATH}/test`), ok)
  assert.deepEqual((await gate.admin.must('GET', `${PATH}/runs`)).runs, [])
})

test('S2E-03 each way to fail is explained with what to do', async (t) => {
  const { gate, tenant, app, group, makePeople, set } = await startSyncedGate(t)
  group.members = makePeople(1, 2)
  await set()
  const { credential } = await gate.admin.must('GET', PATH)
  const tested = async (body?: object) => gate.admin.must('POST', `${PATH}/test`, body)
  const credentials = app.federatedCredentials
  const exactly = `issuer ${credential.issuer}, subject ${credential.subject}, audience ${credential.audience}`
  const wrong: [number, object[]][] = [
    [70021, []],
    [700211, [{ ...credential, issuer: `${credential.issuer}/` }]],
    [700213, [{ ...credential, subject: `${credential.subject}0` }]],
    [7002138, [{ ...credential, subject: credential.subject.toUpperCase() }]],
    [700212, [{ ...credential, audience: 'api://AzureADTokenExchangeChina' }]],
  ]
  for (const [code, registered] of wrong) {
    app.federatedCredentials = registered as typeof credentials
    const { outcome, says } = await tested()
    assert.equal(outcome, 'credential_not_found')
    assert.ok(says.startsWith(`AADSTS${code}: `) && says.includes(exactly) && says.includes('takes some minutes'), says)
  }
  app.federatedCredentials = credentials

  const failures: [object, string, RegExp][] = [
    [{ aadsts: 50166 }, 'issuer_unreachable', /must reach that address over the internet/],
    [{ aadsts: 90055 }, 'throttled', /asks to wait/],
    [{ aadsts: 50105 }, 'token_refused', /^AADSTS50105: .*invalid_grant/],
    [{ status: 503 }, 'entra_unavailable', /next run tries again/],
  ]
  for (const [fault, code, words] of failures) {
    gate.emulator.setFault({ path: 'token', kind: 'status', times: 1, ...fault })
    const { outcome, says } = await tested()
    assert.equal(outcome, code, says)
    assert.match(says, words)
  }
  gate.emulator.setFault({ path: 'token', kind: 'garbage', times: 1 })
  assert.equal((await tested()).outcome, 'entra_unavailable')

  const unknownApp = await tested({ clientId: NOBODY, groupId: group.id })
  assert.deepEqual([unknownApp.outcome, unknownApp.says.slice(0, 13)], ['client_unknown', 'AADSTS700016:'])
  assert.equal((await tested({ clientId: SYNC_APP, groupId: NOBODY })).outcome, 'group_not_found')
  tenant.graph.roleAssignments = []
  assert.equal((await tested()).outcome, 'permission_missing')
  await gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
  assert.equal((await tested()).outcome, 'no_connection')
})

test('S2E-05 settings have the defaults of the seed, are replaced whole, and leave audit rows', async (t) => {
  const { gate, group, set } = await startSyncedGate(t)
  const { settings, version } = await set({ clientId: SYNC_APP.toUpperCase() })
  const defaults = { members: 'direct', revoke: true, schedule: true, role: 'developer', skipDisabled: true }
  const ids = { clientId: SYNC_APP, groupId: group.id }
  assert.deepEqual(settings, { ...ids, ...defaults, maxRemovalPercent: 50 })
  assert.equal(version, 1)
  const stale = { 'if-match': '"7"' }
  assert.equal((await gate.admin.send('PUT', PATH, ids, stale)).status, 412)
  assert.equal((await gate.admin.send('PUT', PATH, ids, { 'if-match': '"1"' })).body.version, 2)
  for (const wrong of [
    {},
    { ...ids, role: 'owner' },
    { ...ids, groupId: '../x' },
    { ...ids, maxRemovalPercent: 101 },
    { ...ids, more: 1 },
  ]) {
    assert.equal((await gate.admin.send('PUT', PATH, wrong)).status, 400, JSON.stringify(wrong))
  }
  await gate.admin.must('DELETE', PATH)
  const after = await gate.admin.must('GET', PATH)
  assert.deepEqual([after.settings, after.version, after.nextRunAt], [null, 0, null])
  assert.equal((await gate.admin.send('DELETE', PATH)).status, 404)
  assert.equal((await gate.admin.send('POST', `${PATH}/runs`)).status, 404)
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme&limit=3')
  assert.deepEqual(
    events.map(({ action }: { action: string }) => action),
    ['group_sync.remove', 'group_sync.set', 'group_sync.set'],
  )
})

test('S2E-06 ending group sync keeps its people, or revokes them where that is said; others stay', async (t) => {
  const { gate, group, makePeople, set, run, subjects } = await startSyncedGate(t)
  group.members = [...makePeople(1, 450), ACME.ada.oid]
  await set()
  await run()
  assert.deepEqual(await gate.admin.must('DELETE', PATH), { revoked: 0 })
  assert.ok((await subjects()).has(personId(1)))
  await set()
  assert.deepEqual(await gate.admin.must('DELETE', `${PATH}?revoke=true`), { revoked: 450 })
  assert.deepEqual(await subjects(), new Set([ACME.ada.oid, ACME.ben.oid]))
})

test('S2E-02 another teamspace has another subject, and its federated credential lets only it in', async (t) => {
  const { gate, group, makePeople } = await startSyncedGate(t)
  group.members = makePeople(1, 2)
  const other = '/teamspaces/second'
  await gate.admin.must('POST', '/teamspaces', { slug: 'second', name: 'Second' })
  const connection = gate.admin.connectionBody(ACME, { audience: NOBODY, onBehalfOf: undefined })
  await gate.admin.must('PUT', `${other}/connections/entra`, { ...connection, requiredScope: 'mcp.access' })
  const body = { clientId: SYNC_APP, groupId: group.id }
  const { outcome, says } = await gate.admin.must('POST', `${other}/group-sync/test`, body)
  assert.equal(outcome, 'credential_not_found')
  assert.match(says, /^AADSTS700213/)
})
