import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME, startGate } from '../../support/gate.ts'
import { ENTERPRISE, MEMBERSHIP, USER, scimClient } from '../../support/scim-client.ts'

const ENTRA_GROUP = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'
const CORE_GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'

const oid = (number: number) => `dddddddd-0000-4000-8000-${String(number).padStart(12, '0')}`

/** As the provisioning service of Entra sends it. */
const newUser = (number = 1) => ({
  schemas: [USER, ENTERPRISE],
  externalId: oid(number),
  userName: `Test_User_${number}@Acme.example`,
  active: true,
  emails: [{ primary: true, type: 'work', value: `test_user_${number}@acme.example` }],
  meta: { resourceType: 'User' },
  name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
  roles: [],
  [ENTERPRISE]: { employeeNumber: '7', department: 'Research', manager: { value: 'boss', $ref: null } },
})

const open = async (t: { after(done: () => Promise<void>): void }) => {
  const gate = await startGate()
  t.after(() => gate.close())
  return { gate, scim: await scimClient(gate, ACME.slug) }
}

test('B-02 d,e,i,l,n the life of a user as Entra leads it', async (t) => {
  const { scim } = await open(t)
  const probe = await scim.list('/Users', 'userName eq "Test_User_1@Acme.example"')
  assert.equal(probe.status, 200)
  assert.deepEqual(probe.body, { schemas: [LIST], totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] })

  const made = await scim.post('/Users', newUser())
  assert.equal(made.status, 201)
  const { id } = made.body
  const location = `${scim.base}/Users/${id}`
  assert.equal(made.headers.get('content-type'), 'application/scim+json')
  assert.equal(made.headers.get('location'), location)
  assert.equal(made.body.meta.location, location)
  assert.equal(made.headers.get('etag'), made.body.meta.version)
  assert.deepEqual(made.body[ENTERPRISE].manager, { value: 'boss' })
  assert.equal(made.body.userName, 'Test_User_1@Acme.example')
  assert.deepEqual((await scim.get(`/Users/${id}`)).body, made.body)

  for (const filter of [
    'userName eq "TEST_USER_1@acme.EXAMPLE"',
    `USERNAME EQ "test_user_1@acme.example"`,
    `externalId eq "${oid(1)}" and active eq true`,
    'emails[type eq "work"].value eq "test_user_1@acme.example"',
    `${USER}:name.familyName sw "FAMILY"`,
    `${ENTERPRISE}:department eq "research"`,
    `id eq "${id}"`,
  ]) {
    const found = await scim.list('/Users', filter)
    assert.deepEqual([found.status, found.body?.Resources?.[0]?.id], [200, id], filter)
  }
  assert.equal((await scim.list('/Users', `externalId eq "${oid(1).toUpperCase()}"`)).body.totalResults, 0)

  const twice = await scim.post('/Users', { ...newUser(), externalId: oid(2), userName: 'TEST_user_1@acme.example' })
  assert.deepEqual([twice.status, twice.body.scimType, twice.body.status], [409, 'uniqueness', '409'])
  const sameId = await scim.post('/Users', { ...newUser(2), externalId: oid(1) })
  assert.deepEqual([sameId.status, sameId.body.scimType], [409, 'uniqueness'])
  const missing = await scim.get(`/Users/${oid(9)}`)
  assert.deepEqual([missing.status, missing.body.status, missing.body.schemas], [404, '404', [ERROR]])

  assert.equal((await scim.delete(`/Users/${id}`)).status, 204)
  assert.equal((await scim.get(`/Users/${id}`)).status, 404)
  assert.equal((await scim.delete(`/Users/${id}`)).status, 404)
})

for (const query of ['', '?aadOptscim062020']) {
  test(`B-02 f,q updates of users in Entra’s dialect${query && ', with its flag'}`, async (t) => {
    const { scim } = await open(t)
    const { id } = (await scim.post('/Users', newUser())).body
    const path = `/Users/${id}${query}`
    const patched = async (operations: unknown) => {
      const answer = await scim.patch(path, operations)
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      return answer.body
    }
    const multi = await patched([
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@acme.example' },
      { op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
    ])
    assert.equal(multi.emails[0].value, 'updated@acme.example')
    assert.equal(multi.name.familyName, 'updatedFamilyName')
    assert.equal(multi.name.givenName, 'givenName')

    const made = await patched([
      { op: 'Add', path: 'emails[type eq "home"].value', value: 'home@acme.example' },
      { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '+49' },
      { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Berlin' },
    ])
    assert.deepEqual(made.emails[1], { type: 'home', value: 'home@acme.example' })
    assert.deepEqual(made.phoneNumbers, [{ type: 'mobile', value: '+49' }])
    assert.deepEqual(made.addresses, [{ type: 'work', locality: 'Berlin' }])

    const whole = await patched([
      {
        op: 'replace',
        value: {
          active: 'False',
          displayName: 'Updated',
          'name.givenName': 'Dotted',
          [`${ENTERPRISE}:department`]: 'Sales',
          [ENTERPRISE]: { costCenter: '42' },
          'emails[type eq "work"].value': 'again@acme.example',
          unheardOf: 1,
        },
      },
    ])
    assert.deepEqual([whole.active, whole.displayName, whole.name.givenName], [false, 'Updated', 'Dotted'])
    assert.deepEqual(whole[ENTERPRISE].department, 'Sales')
    assert.deepEqual(whole[ENTERPRISE].costCenter, '42')
    assert.equal(whole.emails[0].value, 'again@acme.example')
    assert.equal(whole[MEMBERSHIP].status, 'inactive')

    const manager = `${ENTERPRISE}:manager`
    assert.deepEqual((await patched([{ op: 'Add', path: manager, value: 'chief' }]))[ENTERPRISE].manager, {
      value: 'chief',
    })
    assert.equal((await patched([{ op: 'Replace', path: manager, value: '' }]))[ENTERPRISE].manager, undefined)
    await patched([{ op: 'Add', path: manager, value: { value: 'chief', $ref: null } }])
    assert.equal((await patched([{ op: 'Remove', path: manager }]))[ENTERPRISE].manager, undefined)
    assert.equal((await patched([{ op: 'Remove', path: 'displayName' }])).displayName, undefined)
    assert.equal((await patched([{ op: 'Add', path: 'active', value: 'True' }])).active, true)
  })
}

test('B-02 f what a PATCH cannot do is refused with the reason of RFC 7644, and changes nothing', async (t) => {
  const { scim } = await open(t)
  const { id, meta } = (await scim.post('/Users', newUser())).body
  const cases: [unknown, string][] = [
    [[{ op: 'move', path: 'title', value: 'x' }], 'invalidSyntax'],
    [[], 'invalidSyntax'],
    ['x', 'invalidSyntax'],
    [[{ op: 'remove' }], 'noTarget'],
    [[{ op: 'replace', path: 'unheardOf', value: 'x' }], 'invalidPath'],
    [[{ op: 'add', path: '__proto__.polluted', value: 'x' }], 'invalidPath'],
    [[{ op: 'replace', path: 'id', value: 'x' }], 'mutability'],
    [[{ op: 'remove', path: 'userName' }], 'mutability'],
    [[{ op: 'remove', path: 'active' }], 'mutability'],
    [[{ op: 'replace', path: 'active', value: 'maybe' }], 'invalidValue'],
    [[{ op: 'replace', path: 'userName', value: ['x'] }], 'invalidValue'],
    [
      [
        { op: 'replace', path: 'emails[type co "w"]', value: 'x' },
        { op: 'add', path: 'emails[type co "zz"].value', value: 'x' },
      ],
      'noTarget',
    ],
    [[{ op: 'replace', path: 'emails[type foo "w"].value', value: 'x' }], 'invalidFilter'],
    [
      [
        { op: 'replace', path: 'title', value: 'first' },
        { op: 'replace', path: 'groups', value: [] },
      ],
      'mutability',
    ],
  ]
  for (const [operations, scimType] of cases) {
    const refused = await scim.patch(`/Users/${id}`, operations)
    assert.deepEqual([refused.status, refused.body.scimType], [400, scimType], JSON.stringify(operations))
  }
  assert.equal((await scim.get(`/Users/${id}`)).body.meta.version, meta.version)
})

test('B-02 j,k group membership as Entra keeps it, in both of its dialects', async (t) => {
  const { scim } = await open(t)
  const ids: string[] = []
  for (const number of [1, 2, 3]) ids.push((await scim.post('/Users', newUser(number))).body.id)
  const made = await scim.post('/Groups', {
    schemas: [CORE_GROUP, ENTRA_GROUP],
    externalId: oid(100),
    displayName: 'displayName',
    members: [],
    meta: { resourceType: 'Group' },
  })
  assert.equal(made.status, 201)
  const path = `/Groups/${made.body.id}`
  const members = async () =>
    ((await scim.get(path)).body.members as { value: string }[]).map(({ value }) => ids.indexOf(value) + 1).sort()

  const listed = await scim.get(
    `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "DisplayName"')}`,
  )
  assert.deepEqual([listed.body.totalResults, listed.body.Resources[0].members], [1, undefined])
  const twice = await scim.post('/Groups', { displayName: 'DISPLAYNAME' })
  assert.deepEqual([twice.status, twice.body.scimType], [409, 'uniqueness'])

  const added = await scim.patch(path, [
    { op: 'Add', path: 'members', value: [{ $ref: null, value: ids[0] }, { value: ids[1] }] },
  ])
  assert.equal(added.status, 204)
  await scim.patch(path, [{ op: 'add', path: 'members', value: [{ value: ids[0] }, { value: ids[2] }] }])
  assert.deepEqual(await members(), [1, 2, 3])
  const ask = `id eq "${made.body.id}" and members eq "${ids[2]}"`
  const query = `?excludedAttributes=members&filter=${encodeURIComponent(ask)}`
  assert.equal((await scim.get(`/Groups${query}`)).body.totalResults, 1)

  await scim.patch(path, [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: ids[2] }] }])
  assert.deepEqual(await members(), [1, 2])
  assert.equal((await scim.get(`/Groups${query}`)).body.totalResults, 0)
  await scim.patch(`${path}?aadOptscim062020`, [{ op: 'remove', path: `members[value eq "${ids[1]}"]` }])
  assert.deepEqual(await members(), [1])
  await scim.patch(path, [{ op: 'Remove', path: 'members', value: [] }])
  assert.deepEqual(await members(), [1], 'nobody was named')

  const ofUser = await scim.get(`/Users/${ids[0]}`)
  assert.deepEqual(ofUser.body.groups, [
    { value: made.body.id, $ref: made.body.meta.location, display: 'displayName', type: 'direct' },
  ])
  assert.equal((await scim.list('/Users', `groups.value eq "${made.body.id}"`)).body.totalResults, 1)

  const { version } = (await scim.get(path)).body.meta
  await scim.delete(`/Users/${ids[0]}`)
  const left = (await scim.get(path)).body
  assert.deepEqual(left.members, [])
  assert.notEqual(left.meta.version, version, 'the group looks different, and says so')
  const renamed = await scim.patch(path, [{ op: 'Replace', value: { id: made.body.id, displayName: 'Renamed' } }])
  assert.equal(renamed.status, 204)
  assert.equal((await scim.get(path)).body.displayName, 'Renamed')
  await scim.patch(path, [{ op: 'Add', path: 'members', value: [{ value: ids[1] }] }])
  await scim.patch(path, [{ op: 'Remove', path: 'members' }])
  assert.deepEqual(await members(), [])
  assert.equal((await scim.delete(path)).status, 204)
  assert.equal((await scim.get(path)).status, 404)
})
