import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME, startGate } from '../../support/gate.ts'
import { startOidcIdp } from '../../support/oidc-idp.ts'
import { MEMBERSHIP, USER, scimClient } from '../../support/scim-client.ts'

const newUser = (login: string, changes: object = {}) => ({
  schemas: [USER],
  userName: login,
  name: { givenName: 'Okta', familyName: 'Person' },
  emails: [{ primary: true, value: login, type: 'work' }],
  displayName: 'Okta Person',
  locale: 'en-US',
  externalId: `00u-${login}`,
  groups: [],
  password: '1mz050nq',
  active: true,
  ...changes,
})

test('B-02 d,g,l Okta looks for a user, makes it, pages, replaces it by PUT and deactivates it', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const scim = await scimClient(gate, ACME.slug, { name: 'Okta', connection: 'oidc' })
  const probe = `?filter=${encodeURIComponent('userName eq "one@acme.example"')}&startIndex=1&count=100`
  assert.equal((await scim.get(`/Users${probe}`)).body.totalResults, 0)
  const made = await scim.post('/Users', newUser('one@acme.example'))
  assert.equal(made.status, 201)
  assert.equal(made.body[MEMBERSHIP].status, 'no_connection')
  assert.equal(made.body.password, undefined)
  const { rows } = await readAll(gate)
  assert.ok(!rows.includes('1mz050nq'), 'no password is kept')

  for (const login of ['two', 'three', 'four', 'five']) await scim.post('/Users', newUser(`${login}@acme.example`))
  const seen: string[] = []
  for (let startIndex = 1; startIndex <= 5; startIndex += 2) {
    const { body } = await scim.get(`/Users?startIndex=${startIndex}&count=2`)
    assert.deepEqual([body.totalResults, body.startIndex, body.itemsPerPage], [5, startIndex, body.Resources.length])
    seen.push(...body.Resources.map(({ userName }: { userName: string }) => userName.split('@')[0]!))
  }
  assert.deepEqual(seen, ['one', 'two', 'three', 'four', 'five'])
  const edge = async (query: string) => {
    const { body } = await scim.get(`/Users?${query}`)
    return [body.totalResults, body.itemsPerPage, body.startIndex]
  }
  assert.deepEqual(await edge('count=0'), [5, 0, 1])
  assert.deepEqual(await edge('count=-1'), [5, 0, 1])
  assert.deepEqual(await edge('startIndex=0&count=1'), [5, 1, 1])
  assert.deepEqual(await edge('startIndex=99'), [5, 0, 99])
  assert.equal((await scim.get('/Users?count=many')).status, 400)

  const path = `/Users/${made.body.id}`
  const { meta: _, ...shown } = made.body
  const replaced = await scim.put(path, { ...shown, name: { givenName: 'Another' } })
  assert.deepEqual([replaced.status, replaced.body.name], [200, { givenName: 'Another' }])
  assert.equal(replaced.body.displayName, 'Okta Person')
  const disabled = await scim.put(path, { ...shown, active: false })
  assert.equal(disabled.body.active, false)
  const { active: _active, ...silent } = shown
  assert.equal((await scim.put(path, silent)).body.active, false, 'silence gives no access back')
})

test('externalId is the subject of the OIDC connection, where the token says so', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const idp = await startOidcIdp([])
  t.after(() => idp.close())
  const oidc = { kind: 'oidc', issuer: idp.issuer, audience: 'https://gate.example/mcp' }
  await gate.admin.must('PUT', `/teamspaces/${ACME.slug}/connections/oidc`, oidc)
  const scim = await scimClient(gate, ACME.slug, { name: 'Okta', connection: 'oidc' })
  const made = await scim.post('/Users', newUser('one@acme.example', { externalId: 'Sub|Case' }))
  assert.equal(made.body[MEMBERSHIP].status, 'member')
  const { members } = await gate.admin.must('GET', `/teamspaces/${ACME.slug}/members`)
  const member = members.find(({ email }: { email: string }) => email === 'one@acme.example')
  assert.deepEqual([member.issuer, member.subject, member.sources], [idp.issuer, 'Sub|Case', ['scim']])
  await scim.patch(`/Users/${made.body.id}`, [
    { op: 'replace', value: { emails: [{ value: 'new@acme.example', primary: true }] } },
  ])
  const after = await gate.admin.must('GET', `/teamspaces/${ACME.slug}/members`)
  assert.ok(after.members.some(({ email, id }: any) => email === 'new@acme.example' && id === member.id))
})

async function readAll(gate: Awaited<ReturnType<typeof startGate>>) {
  const users = await gate.sallyport.store.db.selectFrom('scim_user').selectAll().execute()
  const { events } = await gate.admin.must('GET', `/audit?teamspace=${ACME.slug}`)
  return { rows: JSON.stringify([users, events]) }
}
