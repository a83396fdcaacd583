import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demoSeedUrl, loadSeed, parseSeed, type Seed } from './index.ts'

const TENANT = '11111111-1111-4111-8111-111111111111'
const id = (n: number) => `22222222-2222-4222-8222-${String(n).padStart(12, '0')}`
const tenant = (rest: Partial<Seed['tenants'][number]> = {}): Seed => ({
  tenants: [{ id: TENANT, displayName: 'T', ...rest }],
})
const app = (n: number, rest = {}) => ({ appId: id(n), objectId: id(n + 100), displayName: `App ${n}`, ...rest })

test('defaults fill what a seed leaves out', () => {
  const [loaded] = parseSeed(tenant({ apps: [app(1)] })).tenants
  assert.deepEqual(loaded?.apps[0]?.identifierUris, [`api://${id(1)}`])
  assert.deepEqual(loaded?.apps[0]?.redirectUris, { web: [], spa: [], publicClient: [] })
  assert.equal(loaded?.apps[0]?.requestedAccessTokenVersion, null)
})

test('a loaded seed can be loaded again', async () => {
  const loaded = await loadSeed(demoSeedUrl)
  assert.deepEqual(parseSeed(structuredClone(loaded)), loaded)
})

test('S2A-02 the demonstration has the two registrations of the guide in both tenants', async () => {
  for (const { apps } of (await loadSeed(demoSeedUrl)).tenants) {
    const [api, gateway] = apps
    assert.deepEqual([api?.scopes[0]?.value, api?.requestedAccessTokenVersion], ['mcp.access', 2])
    assert.deepEqual([gateway?.scopes[0]?.value, gateway?.requestedAccessTokenVersion], ['Mcp.Gateway.Access', 2])
    assert.deepEqual(api?.preAuthorizedApplications, [{ appId: gateway?.appId, scopeIds: [api?.scopes[0]?.id] }])
  }
})

test('a series of groups is that many groups', () => {
  const series = { idPrefix: '33333333-0000-4000-8000-', displayName: 'Project', count: 3, members: [id(7)] }
  const user = { id: id(7), userPrincipalName: 'a@b.example', displayName: 'A', password: 'x' }
  const [loaded] = parseSeed(tenant({ users: [user], groupSeries: [series] })).tenants
  assert.deepEqual(
    loaded?.groups.map((group) => [group.id, group.displayName, group.members]),
    [1, 2, 3].map((n) => [`33333333-0000-4000-8000-00000000000${n}`, `Project ${n}`, [id(7)]]),
  )
})

const bad: [string, unknown, RegExp][] = [
  ['ids that are no GUIDs', { tenants: [{ id: 'acme', displayName: 'A' }] }, /tenants\.0\.id: must be a GUID/],
  ['unknown members', { tenants: [{ id: TENANT, displayName: 'T', colour: 'red' }] }, /Unrecognized key: "colour"/],
  ['one id used twice', tenant({ apps: [app(1), app(1)] }), /is used twice/],
  ['one redirect URI on two platforms (M-51)', tenant({ apps: [app(1, { redirectUris: { web: ['https://x.example/'], spa: ['https://x.example/'] } })] }), /redirect URI .* is used twice/], // prettier-ignore
  ['one identifier URI in two applications', tenant({ apps: [app(1, { identifierUris: ['api://a'] }), app(2, { identifierUris: ['api://a'] })] }), /identifier URI/], // prettier-ignore
  ['members that do not exist', tenant({ groups: [{ id: id(5), displayName: 'G', members: [id(6)] }] }), /no user, group or application/], // prettier-ignore
  ['a role that is not there', tenant({ apps: [app(1, { roleAssignments: [{ principalId: id(9), role: 'Nope' }] })] }), /has no app role 'Nope'/], // prettier-ignore
  ['a Graph role that is not there', tenant({ graph: { roleAssignments: [{ principalId: id(9), role: 'Mail.Read' }] } }), /has no app role 'Mail.Read'/], // prettier-ignore
  ['a pre-authorised scope that is not there', tenant({ apps: [app(1, { preAuthorizedApplications: [{ appId: id(2), scopeIds: [id(3)] }] })] }), /has no scope/], // prettier-ignore
  ['consent to a scope that is not there', tenant({ apps: [app(1, { consents: [{ clientAppId: id(2), scope: 'x' }] })] }), /has no scope 'x'/], // prettier-ignore
  ['no tenant at all', { tenants: [] }, /tenants/],
]
for (const [what, seed, message] of bad)
  test(`a seed with ${what} is refused with the place`, () => {
    assert.throws(() => parseSeed(seed), message)
  })
