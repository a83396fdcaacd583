import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { claimsOf, refused, succeeded, World } from '../../test/harness.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

/** Claims of a good assertion, for tests that sign a slightly bad one. */
async function goodClaims(world: World) {
  return claimsOf((await world.tokens()).access_token)
}
const signed = async (world: World, change: Record<string, unknown>, header = {}) =>
  world.emulator.signToken(world.tenant().id, { ...(await goodClaims(world)), ...change }, header)

test('S2B-06 the answer names the scopes of the resource, and refreshes only when asked', async () => {
  const { access_token } = await shared.tokens()
  const answer = await succeeded(await shared.obo(access_token))
  assert.equal(answer.scope, `${shared.app('MCP API').identifierUris[0]}/mcp.access`)
  assert.equal(answer['token_type'], 'Bearer')
  assert.equal(answer['ext_expires_in'], answer.expires_in)
  assert.equal(answer.refresh_token, undefined)
  const scope = `${shared.app('MCP API').identifierUris[0]}/mcp.access offline_access`
  assert.ok((await succeeded(await shared.obo(access_token, { scope }))).refresh_token)
})

test('AADSTS50013: an assertion that the tenant did not sign', async () => {
  const { access_token } = await shared.tokens()
  const [header, payload] = access_token.split('.')
  await refused(await shared.obo(`${header}.${payload}.AAAA`), 50013, 'invalid_grant')
  await refused(await shared.obo(await signed(shared, { iss: 'https://evil.example' })), 50013, 'invalid_grant')
  const other = `${shared.emulator.url}/${shared.tenant('Globex').id}/v2.0`
  await refused(await shared.obo(await signed(shared, { iss: other })), 50013, 'invalid_grant')
})

test('AADSTS50013: a key that is gone after rotation', async () => {
  await using world = await World.start()
  const { access_token } = await world.tokens()
  await world.emulator.rotateKeys()
  await refused(await world.obo(access_token), 50013, 'invalid_grant')
})

test('M-41 AADSTS50013: an assertion with custom signing keys', async () => {
  await using world = await World.start()
  world.app('MCP Gateway').customSigningKeys = true
  await refused(await world.obo((await world.tokens()).access_token), 50013, 'invalid_grant')
})

test('AADSTS50013: an access token without oid or scp', async () => {
  await refused(await shared.obo(await signed(shared, { oid: 7 })), 50013, 'invalid_grant')
})

test('AADSTS50027: an assertion that is no JWT', async () => {
  await refused(await shared.obo('nonsense'), 50027, 'invalid_request')
})

test('S2B-13 AADSTS500131: an assertion for another application', async () => {
  const aud = shared.app('MCP API').appId
  await refused(await shared.obo(await signed(shared, { aud })), 500131, 'invalid_grant')
  await refused(
    await shared.obo(await signed(shared, { aud: [shared.app('MCP Gateway').appId] })),
    500131,
    'invalid_grant',
  )
})

test('AADSTS500133: an expired assertion', async () => {
  await using world = await World.start()
  const { access_token, expires_in } = await world.tokens()
  world.clock.advance(expires_in - 1)
  await succeeded(await world.obo(access_token))
  world.clock.advance(1)
  await refused(await world.obo(access_token), 500133, 'invalid_grant')
})

test('M-41 AADSTS7000114: an app-only assertion', async () => {
  const scope = `${shared.app('MCP Gateway').identifierUris[0]}/.default`
  const { access_token } = await succeeded(await shared.clientCredentials('Nightly Job', scope))
  await refused(await shared.obo(access_token), 7000114, 'unauthorized_client')
})

test('M-41 AADSTS240002: an ID token is no assertion', async () => {
  const { id_token = '' } = await shared.tokens({ scope: `openid profile ${shared.gatewayScope}` })
  await refused(await shared.obo(id_token), 240002, 'invalid_request')
})

test('AADSTS900144: assertion, scope and requested_token_use are required', async () => {
  const { access_token } = await shared.tokens()
  for (const name of ['assertion', 'scope', 'requested_token_use']) {
    const body = await refused(await shared.obo(access_token, { [name]: undefined }), 900144, 'invalid_request')
    assert.match(body.error_description, new RegExp(`'${name}'`))
  }
})

test('AADSTS90023: requested_token_use has one value', async () => {
  const { access_token } = await shared.tokens()
  await refused(await shared.obo(access_token, { requested_token_use: 'else' }), 90023, 'invalid_request')
})

test('AADSTS7000218: the client must prove itself', async () => {
  const { access_token } = await shared.tokens()
  await refused(await shared.obo(access_token, { client_secret: undefined }), 7000218, 'invalid_client', 401)
})

test('AADSTS7000215 and AADSTS7000222: wrong and expired secrets', async () => {
  await using world = await World.start()
  const { access_token } = await world.tokens()
  await refused(await world.obo(access_token, { client_secret: 'wrong' }), 7000215, 'invalid_client', 401)
  world.app('MCP Gateway').secrets[0]!.expiresAt = '2030-01-01T00:00:00Z'
  await refused(await world.obo(access_token), 7000222, 'invalid_client', 401)
})

test('AADSTS700025: the gateway as somebody else, a public client', async () => {
  const { access_token } = await shared.tokens()
  const fields = { client_id: shared.app('Azure CLI').appId }
  await refused(await shared.obo(access_token, fields), 700025, 'invalid_client', 401)
})

test('S2C-32 AADSTS9002326: never from a browser', async () => {
  const { access_token } = await shared.tokens()
  await refused(
    await shared.obo(access_token, {}, { headers: { origin: 'https://x.example' } }),
    9002326,
    'invalid_request',
  )
})

test('AADSTS65001: nobody consented for the gateway', async () => {
  await using world = await World.start()
  const { access_token } = await world.tokens()
  const api = world.app('MCP API')
  api.consents = []
  api.preAuthorizedApplications = []
  const body = await refused(await world.obo(access_token), 65001, 'invalid_grant')
  assert.equal(body.suberror, 'consent_required')
})

test('AADSTS65001: consent of one user does not serve another', async () => {
  await using world = await World.start()
  const api = world.app('MCP API')
  api.preAuthorizedApplications = []
  api.consents = [{ clientAppId: world.app('MCP Gateway').appId, scope: 'mcp.access', userId: world.user('Ada').id }]
  await succeeded(await world.obo((await world.tokens()).access_token))
  const ben = await world.tokens({ login_hint: 'ben@acme.example' })
  await refused(await world.obo(ben.access_token), 65001, 'invalid_grant')
})

test('S2A-08 pre-authorisation stands for consent', async () => {
  await using world = await World.start()
  world.app('MCP API').consents = []
  await succeeded(await world.obo((await world.tokens()).access_token))
})

test('AADSTS500011: a resource that is not there', async () => {
  const { access_token } = await shared.tokens()
  await refused(await shared.obo(access_token, { scope: 'api://unknown/.default' }), 500011, 'invalid_resource')
})

test('AADSTS650057: a resource that the gateway is not registered for', async () => {
  await using world = await World.start()
  const { access_token } = await world.tokens()
  const api = world.app('MCP API')
  api.consents = []
  api.preAuthorizedApplications = []
  world.app('MCP Gateway').requiredResourceAccess = []
  await refused(await world.obo(access_token), 650057, 'invalid_resource')
})

test('AADSTS70011 and AADSTS28000: scopes that mix', async () => {
  const { access_token } = await shared.tokens()
  const api = shared.app('MCP API').identifierUris[0]
  await refused(await shared.obo(access_token, { scope: `${api}/.default ${api}/mcp.access` }), 70011, 'invalid_scope')
  await refused(await shared.obo(access_token, { scope: `${api}/mcp.access User.Read` }), 28000, 'invalid_request')
})

test('S2C-21 AADSTS9010010: resource is a word of v1', async () => {
  const { access_token } = await shared.tokens()
  await refused(await shared.obo(access_token, { resource: 'https://mcp.example' }), 9010010, 'invalid_target')
})

test('AADSTS50020, AADSTS50057, AADSTS50105: the directory is asked at each exchange', async () => {
  await using world = await World.start()
  const { access_token } = await world.tokens()
  world.app('MCP Gateway').roleAssignments = []
  world.app('MCP Gateway').assignmentRequired = true
  await refused(await world.obo(access_token), 50105, 'invalid_grant')
  world.user('Ada').accountEnabled = false
  await refused(await world.obo(access_token), 50057, 'invalid_grant')
  world.tenant().users.shift()
  await refused(await world.obo(access_token), 50020, 'invalid_grant')
})

test('M-43 AADSTS50076 and AADSTS50079: MFA is challenged with claims, and signing in with them satisfies it', async () => {
  await using world = await World.start()
  world.user('Ada').mfaRequired = true
  const body = await refused(await world.obo((await world.tokens()).access_token), 50076, 'interaction_required')
  assert.equal(body.claims, '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}')
  const stepped = await world.tokens({ claims: body.claims })
  await succeeded(await world.obo(stepped.access_token))
  world.user('Ada').mfaRequired = 'unregistered'
  await refused(await world.obo((await world.tokens()).access_token), 50079, 'interaction_required')
})

test('M-71 xms_cc passes through the exchange', async () => {
  const claims = '{"access_token":{"xms_cc":{"values":["cp1"]}}}'
  const { access_token } = await shared.tokens({ claims })
  assert.deepEqual(claimsOf(access_token)['xms_cc'], ['cp1'])
  const answer = await succeeded(await shared.obo(access_token))
  assert.deepEqual(claimsOf(answer.access_token)['xms_cc'], ['cp1'])
})

test('S2B-12 AADSTS50196: the same failing request again and again is a loop, for a minute', async () => {
  await using world = await World.start((seed) => seed.tenants.forEach((tenant) => (tenant.loopThreshold = 3)))
  for (let i = 0; i < 3; i += 1) await refused(await world.obo('nonsense'), 50027, 'invalid_request')
  await refused(await world.obo('nonsense'), 50196, 'invalid_grant')
  await refused(await world.obo('other nonsense'), 50027, 'invalid_request')
  world.clock.advance(60)
  await refused(await world.obo('nonsense'), 50027, 'invalid_request')
})
