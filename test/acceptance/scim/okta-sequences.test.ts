import { GROUP, USER } from '../../support/scim-client.ts'
import { error, listOf, sequence } from './exchanges.ts'
import type { Exchange } from './exchanges.ts'

// The requests of Okta's SCIM 2.0 specification test and of its test of create, update, deactivate and group push.

const OKTA = { token: { name: 'Okta', connection: 'oidc' } }

const newUser = (login: string, changes: object = {}) => ({
  schemas: [USER],
  userName: login,
  name: { givenName: 'Test', familyName: 'User' },
  emails: [{ primary: true, value: login, type: 'work' }],
  displayName: 'Test User',
  locale: 'en-US',
  externalId: `00u-${login}`,
  groups: [],
  password: '1mz050nq',
  active: true,
  ...changes,
})

const SPECIFICATION: readonly Exchange[] = [
  { says: 'somebody is there', send: 'POST /Users', body: newUser('first@acme.example'), status: 201, keep: 'first' },
  { says: 'and somebody else', send: 'POST /Users', body: newUser('second@acme.example'), status: 201 },
  {
    says: 'the first page of one user has all that Okta reads',
    send: 'GET /Users?count=1&startIndex=1',
    status: 200,
    shows: {
      ...listOf({
        id: '{first}',
        userName: 'first@acme.example',
        name: { givenName: 'Test', familyName: 'User' },
        active: true,
        emails: [{ value: 'first@acme.example' }],
      }),
      totalResults: 2,
    },
  },
  { says: 'that user by id', send: 'GET /Users/{first}', status: 200, shows: { id: '{first}', active: true } },
  {
    says: 'a userName that nobody has',
    send: 'GET /Users?filter=userName eq "nobody@acme.example"',
    status: 200,
    shows: listOf(),
  },
  { says: 'an id that nobody has', send: 'GET /Users/00919288221112222', status: 404, shows: error(404) },
  {
    says: 'a new user is not there yet',
    send: 'GET /Users?filter=userName eq "new@acme.example"&startIndex=1&count=100',
    status: 200,
    shows: listOf(),
  },
  {
    says: 'a new user is made',
    send: 'POST /Users',
    body: newUser('new@acme.example'),
    status: 201,
    shows: { userName: 'new@acme.example', active: true, name: { familyName: 'User' }, password: undefined },
    keep: 'new',
  },
  {
    says: 'and is there',
    send: 'GET /Users/{new}',
    status: 200,
    shows: { userName: 'new@acme.example', active: true },
  },
  {
    says: 'the same again',
    send: 'POST /Users',
    body: newUser('new@acme.example'),
    status: 409,
    shows: error(409, 'uniqueness'),
  },
  {
    says: 'a userName in capitals',
    send: 'GET /Users?filter=userName eq "NEW@ACME.EXAMPLE"',
    status: 200,
    shows: listOf({ id: '{new}' }),
  },
  { says: 'groups', send: 'GET /Groups', status: 200, shows: listOf() },
  {
    says: 'a credential that is none',
    send: 'GET /Users?filter=userName eq "new@acme.example"',
    authorization: 'non-token',
    status: 401,
    shows: error(401),
  },
  {
    says: 'no user at all',
    send: 'POST /Users',
    body: { schemas: [USER] },
    status: 400,
    shows: error(400, 'invalidValue'),
  },
]

const LIFE: readonly Exchange[] = [
  { says: 'a user is made', send: 'POST /Users', body: newUser('one@acme.example'), status: 201, keep: 'one' },
  {
    says: 'the whole user is replaced, and keeps its id',
    send: 'PUT /Users/{one}',
    body: {
      ...newUser('one@acme.example', { id: '{one}', name: { givenName: 'Another', familyName: 'Name' } }),
      displayName: undefined,
    },
    status: 200,
    shows: { id: '{one}', name: { givenName: 'Another', familyName: 'Name' }, displayName: undefined },
  },
  {
    says: 'the userName changes',
    send: 'PUT /Users/{one}',
    body: newUser('renamed@acme.example', { externalId: '00u-one@acme.example' }),
    status: 200,
    shows: { id: '{one}', userName: 'renamed@acme.example' },
  },
  {
    says: 'a user that is not there is not made by a PUT',
    send: 'PUT /Users/0a21f0f2-8d2a-4f8e-bf98-000000000009',
    body: newUser('nobody@acme.example'),
    status: 404,
    shows: error(404),
  },
  {
    says: 'a user is deactivated',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'replace', value: { active: false } }],
    status: 200,
    shows: { active: false },
  },
  {
    says: 'who is deactivated is found, and not made a second time',
    send: 'GET /Users?filter=userName eq "renamed@acme.example"',
    status: 200,
    shows: listOf({ id: '{one}', active: false }),
  },
  {
    says: 'a user is activated again by a PUT',
    send: 'PUT /Users/{one}',
    body: newUser('renamed@acme.example', { externalId: '00u-one@acme.example' }),
    status: 200,
    shows: { active: true },
  },
  {
    says: 'a password that is synchronised is taken and not kept',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'replace', value: { password: 'another' } }],
    status: 200,
    shows: { password: undefined },
  },
]

const membersAre = (...users: string[]): Exchange => ({
  says: 'who is in the group',
  send: 'GET /Groups/{group}',
  status: 200,
  shows: { members: users.map((user) => ({ value: `{${user}}` })) },
})

const GROUP_PUSH: readonly Exchange[] = [
  ...['one', 'two', 'three'].map((name) => ({
    says: `user ${name}`,
    send: 'POST /Users',
    body: newUser(`${name}@acme.example`),
    status: 201,
    keep: name,
  })),
  {
    says: 'a group is looked for',
    send: 'GET /Groups?filter=displayName eq "Test SCIMv2"&startIndex=1&count=100',
    status: 200,
    shows: listOf(),
  },
  {
    says: 'a group is pushed',
    send: 'POST /Groups',
    body: { schemas: [GROUP], displayName: 'Test SCIMv2', members: [] },
    status: 201,
    shows: { displayName: 'Test SCIMv2', members: [] },
    keep: 'group',
  },
  {
    says: 'all groups, page by page',
    send: 'GET /Groups?startIndex=1&count=100',
    status: 200,
    shows: listOf({ id: '{group}', displayName: 'Test SCIMv2' }),
  },
  {
    says: 'the displayName changes, the id beside it',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'replace', value: { id: '{group}', displayName: 'Test SCIMv2, renamed' } }],
    status: 204,
  },
  {
    says: 'members are added, by id and by what they are called',
    send: 'PATCH /Groups/{group}',
    operations: [
      { op: 'add', path: 'members', value: [{ value: '{one}', display: 'one@acme.example' }] },
      { op: 'add', path: 'members', value: [{ value: '{two}', display: 'two@acme.example' }] },
    ],
    status: 204,
  },
  membersAre('one', 'two'),
  {
    says: 'one goes and another comes',
    send: 'PATCH /Groups/{group}',
    operations: [
      { op: 'remove', path: 'members[value eq "{one}"]' },
      { op: 'add', path: 'members', value: [{ value: '{three}', display: 'three@acme.example' }] },
    ],
    status: 204,
  },
  membersAre('two', 'three'),
  {
    says: 'all members are replaced',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'replace', path: 'members', value: [{ value: '{one}', display: 'one@acme.example' }] }],
    status: 204,
  },
  membersAre('one'),
  {
    says: 'the whole group is replaced',
    send: 'PUT /Groups/{group}',
    body: {
      schemas: [GROUP],
      id: '{group}',
      displayName: 'Test SCIMv2, whole',
      members: [{ value: '{two}', display: 'two@acme.example' }, { value: '{three}' }],
    },
    status: 200,
    shows: { id: '{group}', displayName: 'Test SCIMv2, whole', members: [{ value: '{two}' }, { value: '{three}' }] },
  },
  {
    says: 'the groups of a user',
    send: 'GET /Users/{two}',
    status: 200,
    shows: { groups: [{ value: '{group}', display: 'Test SCIMv2, whole' }] },
  },
  {
    says: 'a member is deactivated and stays in the group',
    send: 'PATCH /Users/{two}',
    operations: [{ op: 'replace', value: { active: false } }],
    status: 200,
    shows: { active: false, groups: [{ value: '{group}' }] },
  },
  { says: 'the group is taken back', send: 'DELETE /Groups/{group}', status: 204 },
  { says: 'and is gone', send: 'GET /Groups/{group}', status: 404, shows: error(404) },
  { says: 'its members are not', send: 'GET /Users/{three}', status: 200, shows: { groups: undefined } },
]

sequence('B-02 c,d,e,i,l Okta’s test of the specification', SPECIFICATION, OKTA)
sequence('B-02 f,g a user, as Okta leads it', LIFE, OKTA)
sequence('B-02 k groups, as Okta pushes them', GROUP_PUSH, OKTA)
