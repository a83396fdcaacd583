import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { claimsOf, refused, succeeded, World } from '../../test/harness.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

const DAY = 24 * 3600
const scopeOf = (world: World) => `offline_access ${world.gatewayScope}`

async function refreshTokenOf(world: World, fields: Record<string, string> = {}): Promise<string> {
  const { refresh_token } = await world.tokens({ scope: scopeOf(world), ...fields })
  assert.ok(refresh_token)
  return refresh_token
}

const refresh = (world: World, refresh_token: string, fields: Record<string, string | undefined> = {}, headers = {}) =>
  world.post(
    {
      grant_type: 'refresh_token',
      client_id: world.app('MCP Gateway').appId,
      refresh_token,
      scope: scopeOf(world),
      ...fields,
    },
    { headers },
  )

test('each refresh brings a new refresh token, and the old one still works', async () => {
  const first = await refreshTokenOf(shared)
  const answer = await succeeded(await refresh(shared, first))
  assert.ok(answer.refresh_token && answer.refresh_token !== first)
  await succeeded(await refresh(shared, first))
  await succeeded(await refresh(shared, answer.refresh_token))
})

test('AADSTS9002313: a refresh token that is none', async () => {
  await refused(await refresh(shared, 'nonsense'), 9002313, 'invalid_grant')
})

test('AADSTS70000: a refresh token of another client', async () => {
  const token = await refreshTokenOf(shared)
  await refused(await refresh(shared, token, { client_id: shared.app('Azure CLI').appId }), 70000, 'invalid_grant')
})

test('M-30 AADSTS700082: a refresh token lives 90 days, anew at each use', async () => {
  await using world = await World.start()
  const token = await refreshTokenOf(world)
  world.clock.advance(90 * DAY - 1)
  const { refresh_token = '' } = await succeeded(await refresh(world, token))
  world.clock.advance(1)
  await refused(await refresh(world, token), 700082, 'invalid_grant')
  await succeeded(await refresh(world, refresh_token))
})

test('M-30 AADSTS700084: in a single-page app the whole chain lives 24 hours', async () => {
  const origin = { origin: 'https://spa.example' }
  await using world = await World.start((seed) => {
    const gateway = seed.tenants[0]?.apps.find((app) => app.displayName === 'MCP Gateway')
    gateway?.redirectUris.spa.push('https://spa.example/cb')
  })
  const redeemed = await world.redeem({}, { scope: scopeOf(world), redirect_uri: 'https://spa.example/cb' }, origin)
  const { refresh_token = '' } = await succeeded(redeemed)
  world.clock.advance(DAY - 1)
  const next = await succeeded(await refresh(world, refresh_token, {}, origin))
  await refused(await refresh(world, next.refresh_token ?? ''), 9002327, 'invalid_request')
  world.clock.advance(1)
  await refused(await refresh(world, next.refresh_token ?? '', {}, origin), 700084, 'invalid_grant')
})

test('AADSTS50173: revoked sessions end refresh tokens and codes, and a new sign-in works at once', async () => {
  await using world = await World.start()
  const token = await refreshTokenOf(world)
  const { code, verifier } = await world.code()
  world.emulator.revokeSessions(world.tenant().id, world.user('Ada').id)
  const body = await refused(await refresh(world, token), 50173, 'invalid_grant')
  assert.equal(body.suberror, 'bad_token')
  await refused(await world.redeem({ code, code_verifier: verifier }), 50173, 'invalid_grant')
  await succeeded(await refresh(world, await refreshTokenOf(world)))
})

test('AADSTS90009: an application that is its own resource must name it when it refreshes', async () => {
  const token = await refreshTokenOf(shared)
  await refused(await refresh(shared, token, { scope: undefined }), 90009, 'invalid_request')
  await refused(await refresh(shared, token, { scope: 'openid offline_access' }), 90009, 'invalid_request')
  const byGuid = `offline_access ${shared.app('MCP Gateway').appId}/Mcp.Gateway.Access`
  await succeeded(await refresh(shared, await refreshTokenOf(shared, { scope: byGuid }), { scope: undefined }))
})

test('without scope another resource keeps the scopes of the grant', async () => {
  const fields = { client_id: shared.app('Azure CLI').appId, redirect_uri: 'http://localhost:1' }
  const token = await refreshTokenOf(shared, fields)
  const answer = await succeeded(await refresh(shared, token, { client_id: fields.client_id, scope: undefined }))
  assert.equal(claimsOf(answer.access_token)['scp'], 'Mcp.Gateway.Access')
})

test('M-61 S2C-21 AADSTS9010010: resource is refused on refresh too', async () => {
  const token = await refreshTokenOf(shared)
  await refused(await refresh(shared, token, { resource: 'https://gate.example/mcp' }), 9010010, 'invalid_target')
})

test('AADSTS65001: a refresh token does not reach beyond consent', async () => {
  const fields = { client_id: shared.app('Azure CLI').appId, redirect_uri: 'http://localhost:1' }
  const token = await refreshTokenOf(shared, fields)
  const scope = `${shared.app('MCP API').identifierUris[0]}/mcp.access`
  const body = await refused(
    await refresh(shared, token, { client_id: fields.client_id, scope }),
    65001,
    'invalid_grant',
  )
  assert.equal(body.suberror, 'consent_required')
})

test('AADSTS50105: losing the assignment ends the refresh token', async () => {
  await using world = await World.start()
  const token = await refreshTokenOf(world)
  const gateway = world.app('MCP Gateway')
  gateway.assignmentRequired = true
  gateway.roleAssignments = []
  await refused(await refresh(world, token), 50105, 'invalid_grant')
})

test('AADSTS50076: a claims challenge cannot be met by refreshing', async () => {
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
  const body = await refused(await refresh(shared, await refreshTokenOf(shared), { claims }), 50076, 'invalid_grant')
  assert.equal(body.claims, claims)
})
