import { ENTERPRISE, GROUP, MEMBERSHIP, USER } from '../../support/scim-client.ts'
import { error, listOf, sequence } from './exchanges.ts'
import type { Exchange } from './exchanges.ts'

// The requests that Microsoft publishes in "Develop a SCIM endpoint" and "Known issues and resolutions with SCIM 2.0
// protocol compliance", and those by which its validator of endpoints tries one.

const FLAG = 'aadOptscim062020'
const ENTRA_GROUP = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'
const oid = (number: number) => `0a21f0f2-8d2a-4f8e-bf98-${String(number).padStart(12, '0')}`

/** As the provisioning service makes one. */
const newUser = (name: string, number: number, changes: object = {}) => ({
  schemas: [USER, ENTERPRISE],
  externalId: oid(number),
  userName: `Test_User_${name}@acme.example`,
  active: true,
  emails: [{ primary: true, type: 'work', value: `${name}@acme.example` }],
  meta: { resourceType: 'User' },
  name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
  roles: [],
  ...changes,
})

const newGroup = (displayName: string, number: number, changes: object = {}) => ({
  schemas: [GROUP, ENTRA_GROUP],
  externalId: oid(number),
  displayName,
  meta: { resourceType: 'Group' },
  ...changes,
})

const USERS: readonly Exchange[] = [
  {
    says: 'Test Connection asks for somebody who is not there',
    send: 'GET /Users?filter=userName eq "7f6c1b7a-no-such-user"',
    status: 200,
    shows: listOf(),
  },
  {
    says: 'a user is made',
    send: 'POST /Users',
    body: newUser('one', 1),
    status: 201,
    shows: {
      userName: 'Test_User_one@acme.example',
      externalId: oid(1),
      active: true,
      name: { familyName: 'familyName', givenName: 'givenName', formatted: 'givenName familyName' },
      emails: [{ primary: true, type: 'work', value: 'one@acme.example' }],
      meta: { resourceType: 'User' },
    },
    keep: 'one',
  },
  { says: 'another one', send: 'POST /Users', body: newUser('two', 2), status: 201, keep: 'two' },
  {
    says: 'the same user again',
    send: 'POST /Users',
    body: newUser('one', 1),
    status: 409,
    shows: error(409, 'uniqueness'),
  },
  {
    says: 'a user by id',
    send: 'GET /Users/{one}',
    status: 200,
    shows: { id: '{one}', schemas: [USER, MEMBERSHIP], userName: 'Test_User_one@acme.example' },
  },
  { says: 'a user that is not there', send: `GET /Users/${oid(9)}`, status: 404, shows: error(404) },
  {
    says: 'a user by userName',
    send: 'GET /Users?filter=userName eq "Test_User_one@acme.example"',
    status: 200,
    shows: listOf({ id: '{one}', active: true }),
  },
  {
    says: 'a user by userName in another case',
    send: 'GET /Users?filter=userName eq "TEST_USER_ONE@ACME.EXAMPLE"',
    status: 200,
    shows: listOf({ id: '{one}' }),
  },
  {
    says: 'a user by externalId',
    send: `GET /Users?filter=externalId eq "${oid(2)}"`,
    status: 200,
    shows: listOf({ id: '{two}' }),
  },
  {
    says: 'a user by e-mail for work',
    send: 'GET /Users?filter=emails[type eq "work"].value eq "two@acme.example"',
    status: 200,
    shows: listOf({ id: '{two}' }),
  },
  {
    says: 'two conditions',
    send: `GET /Users?filter=userName eq "Test_User_two@acme.example" and externalId eq "${oid(2)}"`,
    status: 200,
    shows: listOf({ id: '{two}' }),
  },
  {
    says: 'the parts of a user that are asked for',
    send: 'GET /Users/{one}?attributes=userName,emails',
    status: 200,
    shows: { id: '{one}', emails: [{ value: 'one@acme.example' }], name: undefined, externalId: undefined },
  },
  {
    says: 'several values change',
    send: 'PATCH /Users/{one}',
    operations: [
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updatedEmail@acme.example' },
      { op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
    ],
    status: 200,
    shows: {
      id: '{one}',
      emails: [{ primary: true, type: 'work', value: 'updatedEmail@acme.example' }],
      name: { familyName: 'updatedFamilyName', givenName: 'givenName' },
    },
  },
  {
    says: 'the userName changes',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Replace', path: 'userName', value: 'renamed@acme.example' }],
    status: 200,
    shows: { id: '{one}', userName: 'renamed@acme.example' },
  },
  {
    says: 'the userName of somebody else is taken',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Replace', path: 'userName', value: 'test_user_TWO@acme.example' }],
    status: 409,
    shows: error(409, 'uniqueness'),
  },
  {
    says: 'a user is found by the new userName',
    send: 'GET /Users?filter=userName eq "renamed@acme.example"',
    status: 200,
    shows: listOf({ id: '{one}' }),
  },
  {
    says: 'a user is disabled',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Replace', path: 'active', value: false }],
    status: 200,
    shows: { active: false, [MEMBERSHIP]: { status: 'inactive' } },
  },
  { says: 'a disabled user is still there', send: 'GET /Users/{one}', status: 200, shows: { active: false } },
  {
    says: 'a user is enabled',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Replace', path: 'active', value: true }],
    status: 200,
    shows: { active: true, [MEMBERSHIP]: { status: 'member' } },
  },
  { says: 'a user is deleted', send: 'DELETE /Users/{one}', status: 204 },
  { says: 'a deleted user is gone', send: 'GET /Users/{one}', status: 404, shows: error(404) },
  { says: 'a user is deleted twice', send: 'DELETE /Users/{one}', status: 404, shows: error(404) },
  {
    says: 'a deleted user is found by nothing',
    send: 'GET /Users?filter=userName eq "renamed@acme.example"',
    status: 200,
    shows: listOf(),
  },
  { says: 'a deleted user is made anew', send: 'POST /Users', body: newUser('one', 1), status: 201 },
]

const MADE: Exchange = { says: 'a user', send: 'POST /Users', body: newUser('one', 1), status: 201, keep: 'one' }

/** Without the flag: words with capitals, booleans as texts, references as plain texts. */
const OLD_DIALECT: readonly Exchange[] = [
  MADE,
  ...['False', 'false'].map((value) => ({
    says: `disabled by "${value}"`,
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Replace', path: 'active', value }],
    status: 200,
    shows: { active: false },
  })),
  {
    says: 'enabled by "True"',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Add', path: 'active', value: 'True' }],
    status: 200,
    shows: { active: true },
  },
  {
    says: 'attributes of the extension by their full names, a manager by id alone',
    send: 'PATCH /Users/{one}',
    operations: [
      { op: 'Add', path: `${ENTERPRISE}:department`, value: 'Research' },
      { op: 'Add', path: `${ENTERPRISE}:employeeNumber`, value: '701984' },
      { op: 'Add', path: `${ENTERPRISE}:manager`, value: oid(7) },
    ],
    status: 200,
    shows: { [ENTERPRISE]: { department: 'Research', employeeNumber: '701984', manager: { value: oid(7) } } },
  },
  {
    says: 'another manager',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Replace', path: `${ENTERPRISE}:manager`, value: oid(8) }],
    status: 200,
    shows: { [ENTERPRISE]: { manager: { value: oid(8) } } },
  },
  {
    says: 'no manager',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Remove', path: `${ENTERPRISE}:manager` }],
    status: 200,
    shows: { [ENTERPRISE]: { department: 'Research', manager: undefined } },
  },
  {
    says: 'values of a kind that was not there',
    send: 'PATCH /Users/{one}',
    operations: [
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1 425 555 0100' },
      { op: 'Add', path: 'addresses[type eq "work"].formatted', value: 'Main Street 1' },
      { op: 'Add', path: 'emails[type eq "other"].value', value: 'other@acme.example' },
    ],
    status: 200,
    shows: {
      phoneNumbers: [{ type: 'mobile', value: '+1 425 555 0100' }],
      addresses: [{ type: 'work', formatted: 'Main Street 1' }],
      emails: [
        { type: 'work', value: 'one@acme.example' },
        { type: 'other', value: 'other@acme.example' },
      ],
    },
  },
  {
    says: 'an app role, which gives nobody any role here',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Add', path: 'roles[primary eq "True"].value', value: 'owner' }],
    status: 200,
    shows: { roles: [{ primary: true, value: 'owner' }] },
  },
  {
    says: 'one attribute goes',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'Remove', path: 'emails[type eq "other"].value' }],
    status: 200,
    shows: { emails: [{ type: 'work' }, { type: 'other', value: undefined }] },
  },
]

/** With it: as RFC 7644 has them. */
const STRICT_DIALECT: readonly Exchange[] = [
  MADE,
  {
    says: 'disabled',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'replace', path: 'active', value: false }],
    status: 200,
    shows: { active: false },
  },
  {
    says: 'several attributes in one operation, by their paths',
    send: 'PATCH /Users/{one}',
    operations: [
      {
        op: 'replace',
        value: {
          active: true,
          displayName: 'Bjfe',
          'name.givenName': 'Tyreek',
          'name.familyName': 'Schmitt',
          'emails[type eq "work"].value': 'tyreek@acme.example',
          [`${ENTERPRISE}:department`]: 'Sales',
        },
      },
    ],
    status: 200,
    shows: {
      active: true,
      displayName: 'Bjfe',
      name: { givenName: 'Tyreek', familyName: 'Schmitt' },
      emails: [{ type: 'work', primary: true, value: 'tyreek@acme.example' }],
      [ENTERPRISE]: { department: 'Sales' },
    },
  },
  {
    says: 'a manager',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'add', path: `${ENTERPRISE}:manager`, value: { value: oid(7) } }],
    status: 200,
    shows: { [ENTERPRISE]: { department: 'Sales', manager: { value: oid(7) } } },
  },
  {
    says: 'another manager, within the extension',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'replace', value: { [ENTERPRISE]: { manager: { value: oid(8) } } } }],
    status: 200,
    shows: { [ENTERPRISE]: { manager: { value: oid(8) } } },
  },
  {
    says: 'no manager',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'remove', path: `${ENTERPRISE}:manager` }],
    status: 200,
    shows: { [ENTERPRISE]: { manager: undefined } },
  },
  {
    says: 'one more value, as a list',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'add', path: 'phoneNumbers', value: [{ type: 'work', value: '1' }] }],
    status: 200,
    shows: { phoneNumbers: [{ type: 'work', value: '1' }] },
  },
  {
    says: 'all values of a kind go',
    send: 'PATCH /Users/{one}',
    operations: [{ op: 'remove', path: 'phoneNumbers[type eq "work"]' }],
    status: 200,
    shows: { phoneNumbers: undefined },
  },
]

const TWO_USERS: readonly Exchange[] = [
  MADE,
  { says: 'another', send: 'POST /Users', body: newUser('two', 2), status: 201, keep: 'two' },
]

const membersOf = (group: string, ...users: string[]): Exchange => ({
  says: `who is in ${group}`,
  send: `GET /Groups/{${group}}`,
  status: 200,
  shows: { members: users.map((user) => ({ value: `{${user}}` })) },
})

const GROUPS: readonly Exchange[] = [
  ...TWO_USERS,
  {
    says: 'a group is made',
    send: 'POST /Groups',
    body: newGroup('Finance', 100),
    status: 201,
    shows: { displayName: 'Finance', externalId: oid(100), members: [], meta: { resourceType: 'Group' } },
    keep: 'group',
  },
  {
    says: 'a group with members is made',
    send: 'POST /Groups',
    body: newGroup('Sales', 101, { members: [{ value: '{one}' }] }),
    status: 201,
    shows: { members: [{ value: '{one}', display: 'Test_User_one@acme.example' }] },
    keep: 'sales',
  },
  {
    says: 'the same group again',
    send: 'POST /Groups',
    body: newGroup('Finance', 102),
    status: 409,
    shows: error(409, 'uniqueness'),
  },
  {
    says: 'a group without its members',
    send: 'GET /Groups/{sales}?excludedAttributes=members',
    status: 200,
    shows: { id: '{sales}', displayName: 'Sales', members: undefined },
  },
  {
    says: 'a group by displayName, without its members',
    send: 'GET /Groups?excludedAttributes=members&filter=displayName eq "Sales"',
    status: 200,
    shows: listOf({ id: '{sales}', members: undefined }),
  },
  {
    says: 'a group that is not there',
    send: 'GET /Groups?excludedAttributes=members&filter=displayName eq "Nobody"',
    status: 200,
    shows: listOf(),
  },
  {
    says: 'a group by externalId',
    send: `GET /Groups?filter=externalId eq "${oid(100)}"`,
    status: 200,
    shows: listOf({ id: '{group}' }),
  },
  {
    says: 'the displayName changes',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'Replace', path: 'displayName', value: 'Finance, renamed' }],
    status: 204,
  },
  { says: 'and has changed', send: 'GET /Groups/{group}', status: 200, shows: { displayName: 'Finance, renamed' } },
  {
    says: 'a member is added as Entra writes references',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'Add', path: 'members', value: [{ $ref: null, value: '{one}' }] }],
    status: 204,
  },
  {
    says: 'another one is',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'add', path: 'members', value: [{ value: '{two}' }] }],
    status: 204,
  },
  {
    says: 'a member is added again',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'Add', path: 'members', value: [{ value: '{two}' }] }],
    status: 204,
  },
  membersOf('group', 'one', 'two'),
  {
    says: 'whether somebody is in a group',
    send: 'GET /Groups?excludedAttributes=members&filter=id eq "{group}" and members eq "{two}"',
    status: 200,
    shows: listOf({ id: '{group}', members: undefined }),
  },
  {
    says: 'a member is taken out, named in the value',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: '{one}' }] }],
    status: 204,
  },
  membersOf('group', 'two'),
  {
    says: 'a member is taken out, named in the path',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'remove', path: 'members[value eq "{two}"]' }],
    status: 204,
  },
  membersOf('group'),
  {
    says: 'whoever is no member is taken out',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'remove', path: 'members[value eq "{two}"]' }],
    status: 204,
  },
  {
    says: 'whoever is no user is added',
    send: 'PATCH /Groups/{group}',
    operations: [{ op: 'Add', path: 'members', value: [{ value: oid(9) }] }],
    status: 400,
    shows: error(400, 'invalidValue'),
  },
  { says: 'a group is deleted', send: 'DELETE /Groups/{group}', status: 204 },
  { says: 'a deleted group is gone', send: 'GET /Groups/{group}', status: 404, shows: error(404) },
  { says: 'a group is deleted twice', send: 'DELETE /Groups/{group}', status: 404, shows: error(404) },
  membersOf('sales', 'one'),
]

const DISCOVERY: readonly Exchange[] = [
  {
    says: 'Schemas, from which the validator makes its requests',
    send: 'GET /Schemas',
    status: 200,
    shows: {
      totalResults: 4,
      Resources: [{ id: USER }, { id: ENTERPRISE }, { id: GROUP }, { id: MEMBERSHIP }],
    },
  },
  {
    says: 'what the endpoint can do',
    send: 'GET /ServiceProviderConfig',
    status: 200,
    shows: { patch: { supported: true }, filter: { supported: true }, bulk: { supported: false } },
  },
  { says: 'a token that is none', send: 'GET /Users', authorization: 'Bearer none', status: 401, shows: error(401) },
]

sequence('B-02 c,d,e,f,g,h,i a user, as Entra leads it', USERS)
sequence('B-02 q a user, as Entra leads it with its flag', USERS, { flag: FLAG })
sequence('B-02 f,q updates in Entra’s older dialect', OLD_DIALECT)
sequence('B-02 f,q updates in Entra’s dialect of RFC 7644', STRICT_DIALECT, { flag: FLAG })
sequence('B-02 j,k a group, as Entra keeps it', GROUPS)
sequence('B-02 j,k,q a group, as Entra keeps it with its flag', GROUPS, { flag: FLAG })
sequence('B-02 b what Entra asks of an endpoint first', DISCOVERY)
