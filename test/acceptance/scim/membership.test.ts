import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { MEMBERSHIP, USER, scimClient } from '../../support/scim-client.ts'

const { dev, ada } = ACME

const user = (changes: object = {}) => ({
  schemas: [USER],
  userName: dev.email,
  externalId: dev.oid,
  active: true,
  emails: [{ primary: true, type: 'work', value: dev.email }],
  ...changes,
})

const actionsOf = async (gate: TestGate) => {
  const { events } = await gate.admin.must('GET', `/audit?teamspace=${ACME.slug}`)
  return (events as { action?: string }[]).map(({ action }) => action).filter((action) => action !== undefined)
}

test('B-02 g SCIM makes a person a member, and active:false ends the access with the next call', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const scim = await scimClient(gate, ACME.slug)
  const token = await gate.tokenFor(dev.email)
  const statusOf = async () => (await gate.call(token)).status
  assert.equal(await statusOf(), 401, 'nobody made them a member yet')

  const made = await scim.post('/Users', user())
  assert.equal(made.status, 201)
  assert.equal(made.body[MEMBERSHIP].status, 'member')
  assert.equal(await statusOf(), 200)
  const { members } = await gate.admin.must('GET', `/teamspaces/${ACME.slug}/members`)
  const member = members.find(({ subject }: { subject: string }) => subject === dev.oid)
  assert.deepEqual([member.role, member.sources, member.email], ['developer', ['scim'], dev.email])

  const path = `/Users/${made.body.id}`
  const disabled = await scim.patch(path, [{ op: 'Replace', path: 'active', value: 'False' }])
  assert.deepEqual([disabled.status, disabled.body.active], [200, false])
  const before = gate.upstream.seen.length
  assert.equal(await statusOf(), 401)
  assert.equal(gate.upstream.seen.length, before, 'the server saw nothing')
  assert.equal((await scim.get(path)).body.active, false, 'the user is still there')

  await scim.patch(path, [{ op: 'Replace', path: 'active', value: 'True' }])
  assert.equal(await statusOf(), 200)
  assert.equal((await scim.delete(path)).status, 204)
  assert.equal(await statusOf(), 401)
  assert.equal((await scim.delete(path)).status, 404, 'B-02 h')
  assert.deepEqual((await actionsOf(gate)).slice(0, 8), [
    'scim.user.delete',
    'member.remove',
    'scim.user.update',
    'member.add',
    'scim.user.update',
    'member.remove',
    'scim.user.create',
    'member.add',
  ])
})

test('S2E-09 a member whom people added stays one, and the audit trail says by which source', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const scim = await scimClient(gate, ACME.slug)
  const token = await gate.tokenFor(ada.email)
  const person = user({ userName: ada.email, externalId: ada.oid.toUpperCase(), emails: [] })
  const made = await scim.post('/Users', person)
  assert.equal(made.body[MEMBERSHIP].status, 'member')
  await scim.patch(`/Users/${made.body.id}`, [{ op: 'replace', value: { active: false } }])
  assert.equal((await gate.call(token)).status, 200)
  const { events } = await gate.admin.must('GET', `/audit?teamspace=${ACME.slug}&limit=10`)
  const taken = events.find(({ action }: { action: string }) => action === 'member.source.remove')
  assert.deepEqual([taken.before.sources, taken.after.sources], [['manual', 'scim'], ['manual']])
})

test('S2E-06 whoever was removed by hand is not brought back by SCIM, only by hand', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const scim = await scimClient(gate, ACME.slug)
  const token = await gate.tokenFor(dev.email)
  const made = await scim.post('/Users', user())
  const path = `/Users/${made.body.id}`
  await gate.admin.removeMember(ACME.slug, dev.email)
  assert.equal((await scim.get(path)).body[MEMBERSHIP].status, 'removed')
  await scim.patch(path, [{ op: 'replace', path: 'displayName', value: 'Dev' }])
  await scim.put(path, user())
  await scim.patch(path, [{ op: 'replace', path: 'active', value: false }])
  await scim.patch(path, [{ op: 'replace', path: 'active', value: true }])
  assert.equal((await gate.call(token)).status, 401)
  await scim.delete(path)
  const again = await scim.post('/Users', user())
  assert.equal(again.body[MEMBERSHIP].status, 'removed', 'made anew is the same person')
  assert.equal((await gate.call(token)).status, 401)

  await gate.admin.addMember(ACME.slug, dev)
  assert.equal((await gate.call(token)).status, 200)
  await scim.patch(`/Users/${again.body.id}`, [{ op: 'replace', path: 'active', value: true }])
  assert.equal((await scim.get(`/Users/${again.body.id}`)).body[MEMBERSHIP].status, 'member')
})

test('B-02 g whom SCIM disabled, just-in-time membership does not let in again', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const jit = { role: 'developer', claim: null, values: [] }
  const path = `/teamspaces/${ACME.slug}/connections/entra`
  await gate.admin.must('PUT', path, gate.admin.connectionBody(ACME, { jit }))
  const token = await gate.tokenFor(dev.email)
  assert.equal((await gate.call(token)).status, 200, 'the connection lets everybody in')
  const scim = await scimClient(gate, ACME.slug)
  const made = await scim.post('/Users', user())
  await scim.patch(`/Users/${made.body.id}`, [{ op: 'replace', path: 'active', value: false }])
  for (const _ of [1, 2]) assert.equal((await gate.call(token)).status, 401)
})

test('B-02 m without an object id in externalId a user is kept, but is no member', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const scim = await scimClient(gate, ACME.slug)
  const statusOf = async (changes: object) =>
    (await scim.post('/Users', user(changes))).body[MEMBERSHIP].status as string
  assert.equal(await statusOf({ userName: 'a@acme.example', externalId: undefined }), 'no_external_id')
  assert.equal(await statusOf({ userName: 'b@acme.example', externalId: 'dev' }), 'external_id_invalid')
  const found = await scim.list('/Users', `${MEMBERSHIP}:status eq "external_id_invalid"`)
  assert.deepEqual(
    found.body.Resources.map(({ userName }: { userName: string }) => userName),
    ['b@acme.example'],
  )
  const path = `/Users/${found.body.Resources[0].id}`
  const mapped = await scim.patch(path, [{ op: 'Replace', path: 'externalId', value: dev.oid }])
  assert.equal(mapped.body[MEMBERSHIP].status, 'member')
  assert.equal((await gate.call(await gate.tokenFor(dev.email))).status, 200)
})

test('B-02 o a token sees and changes its own teamspace only, and ends when it is revoked', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const [acme, globex] = [await scimClient(gate, ACME.slug), await scimClient(gate, GLOBEX.slug)]
  const made = await acme.post('/Users', user())
  const group = await acme.post('/Groups', { displayName: 'Staff', members: [{ value: made.body.id }] })
  for (const path of [`/Users/${made.body.id}`, `/Groups/${group.body.id}`]) {
    assert.equal((await globex.get(path)).status, 404)
    assert.equal((await globex.put(path, user({ displayName: 'x' }))).status, 404)
    assert.equal((await globex.patch(path, [{ op: 'replace', path: 'displayName', value: 'x' }])).status, 404)
    assert.equal((await globex.delete(path)).status, 404)
  }
  assert.equal((await globex.get('/Users')).body.totalResults, 0)
  assert.equal((await globex.list('/Groups', `members eq "${made.body.id}"`)).body.totalResults, 0)
  const stolen = await globex.post('/Groups', { displayName: 'Staff', members: [{ value: made.body.id }] })
  assert.deepEqual([stolen.status, stolen.body.scimType], [400, 'invalidValue'])
  assert.equal((await globex.post('/Users', user())).status, 201, 'names are each teamspace’s own')

  await gate.admin.must('DELETE', `/teamspaces/${ACME.slug}/scim-tokens/${acme.tokenId}`)
  const refused = await acme.get('/Users')
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('www-authenticate') ?? '', /^Bearer realm="scim", error="invalid_token"/)
  assert.deepEqual([refused.body.status, refused.body.schemas.length], ['401', 1])
  const bare = await fetch(`${acme.base}/Users`)
  assert.doesNotMatch(bare.headers.get('www-authenticate') ?? '', /error/)
  const { tokens } = await gate.admin.must('GET', `/teamspaces/${ACME.slug}/scim-tokens`)
  assert.ok(!JSON.stringify(tokens).includes(acme.token))
  assert.deepEqual([tokens[0].usable, tokens[0].last_used_at !== null], [false, true])
  const { events } = await gate.admin.must('GET', `/audit?teamspace=${ACME.slug}`)
  assert.ok(!JSON.stringify(events).includes(acme.token.slice(12)), 'the trail has no token')
})

test('two spellings of one object id are one person, who keeps the access when the other user goes', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const scim = await scimClient(gate, ACME.slug)
  const token = await gate.tokenFor(dev.email)
  const first = await scim.post('/Users', user({ active: false }))
  const other = { userName: 'second@acme.example', externalId: dev.oid.toUpperCase() }
  const second = await scim.post('/Users', user(other))
  assert.equal(second.body[MEMBERSHIP].status, 'member')
  const refused = await scim.patch(`/Users/${first.body.id}`, [{ op: 'replace', path: 'active', value: true }])
  assert.deepEqual([refused.status, refused.body.scimType], [409, 'uniqueness'])
  assert.equal((await scim.delete(`/Users/${first.body.id}`)).status, 204)
  assert.equal((await gate.call(token)).status, 200)
  await scim.delete(`/Users/${second.body.id}`)
  assert.equal((await gate.call(token)).status, 401)
})

test('B-02 the name that SCIM tells is shown here, cleaned, and goes back as it came', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const scim = await scimClient(gate, ACME.slug)
  const nameOf = async () => {
    const { members } = await gate.admin.must('GET', `/teamspaces/${ACME.slug}/members?query=${dev.email}`)
    return members[0].displayName
  }
  const made = await scim.post('/Users', user({ displayName: 'Dev \u202e Eloper', name: { formatted: 'Other' } }))
  assert.equal(made.body.displayName, 'Dev \u202e Eloper')
  assert.equal(await nameOf(), 'Dev Eloper')
  const path = `/Users/${made.body.id}`
  const found = await scim.get(`/Users?filter=${encodeURIComponent('displayName eq "Dev \u202e Eloper"')}`)
  assert.equal(found.body.totalResults, 1)

  await scim.patch(path, [{ op: 'replace', path: 'displayName', value: 'Dev Married' }])
  assert.equal(await nameOf(), 'Dev Married')
  await scim.patch(path, [{ op: 'remove', path: 'displayName' }])
  assert.equal(await nameOf(), 'Other')
  await scim.patch(path, [{ op: 'replace', path: 'name', value: { givenName: 'Dev', familyName: 'Ops' } }])
  await scim.patch(path, [{ op: 'remove', path: 'name.formatted' }])
  assert.equal(await nameOf(), 'Dev Ops')
  assert.equal((await actionsOf(gate)).filter((action) => action === 'member.rename').length, 3)
})

test('B-02 SCIM names whoever has no name, and renames nobody whom others have put here as well', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const scim = await scimClient(gate, ACME.slug)
  const memberOf = async () =>
    (await gate.admin.must('GET', `/teamspaces/${ACME.slug}/members?query=${ada.email}`)).members[0]
  assert.equal((await memberOf()).displayName, null)
  const person = user({ userName: ada.email, externalId: ada.oid, emails: [], displayName: 'Ada' })
  const made = await scim.post('/Users', person)
  assert.equal((await memberOf()).displayName, 'Ada')
  await scim.patch(`/Users/${made.body.id}`, [{ op: 'replace', path: 'displayName', value: 'Ada L.' }])
  assert.deepEqual([(await memberOf()).displayName, (await memberOf()).sources], ['Ada', ['manual', 'scim']])
})
