import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { claimsOf, succeeded, World } from '../../test/harness.ts'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

const verify = (world: World, token: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(world.url('/discovery/v2.0/keys'))), {
    currentDate: new Date(world.clock.nowMs),
  })

test('7.1 a v2 token has the claims of v2 and none of v1', async () => {
  const { access_token } = await shared.tokens()
  const claims = claimsOf(access_token)
  assert.equal(claims.iss, `${shared.emulator.url}/${shared.tenant().id}/v2.0`)
  assert.equal(claims.aud, shared.app('MCP Gateway').appId)
  assert.equal(claims['ver'], '2.0')
  assert.equal(claims['azp'], shared.app('MCP Gateway').appId)
  assert.equal(claims['preferred_username'], 'ada@acme.example')
  assert.deepEqual(claims['roles'], ['Mcp.Tool.Executor'])
  for (const name of ['tid', 'oid', 'sub', 'uti', 'rh', 'aio', 'iat', 'nbf', 'exp', 'name'])
    assert.ok(name in claims, name)
  for (const name of ['appid', 'upn', 'unique_name', 'nonce', 'email', 'amr']) assert.ok(!(name in claims), name)
  const { typ, alg, kid, ...rest } = decodeProtectedHeader(access_token)
  assert.deepEqual({ typ, alg, rest }, { typ: 'JWT', alg: 'RS256', rest: {} })
  assert.ok(kid)
})

test('7.1 S1-35 the resource decides the version: requestedAccessTokenVersion null gives v1', async () => {
  await using world = await World.start()
  world.app('MCP Gateway').requestedAccessTokenVersion = null
  const { access_token } = await world.tokens()
  const claims = claimsOf(access_token)
  assert.equal(claims.iss, `https://sts.windows.net/${world.tenant().id}/`)
  assert.equal(claims.aud, world.app('MCP Gateway').identifierUris[0])
  assert.equal(claims['ver'], '1.0')
  assert.equal(claims['appid'], world.app('MCP Gateway').appId)
  assert.equal(claims['upn'], 'ada@acme.example')
  assert.ok(!('azp' in claims))
  assert.ok(decodeProtectedHeader(access_token).x5t)
  await verify(world, access_token)
  const outbound = await succeeded(await world.obo(access_token))
  assert.equal(claimsOf(outbound.access_token)['ver'], '2.0')
})

test('S1-49 sub is pairwise: another application sees another one, the same application the same', async () => {
  const [first, second] = [await shared.tokens(), await shared.tokens()]
  assert.equal(claimsOf(first.access_token).sub, claimsOf(second.access_token).sub)
  assert.notEqual(claimsOf(first.access_token)['uti'], claimsOf(second.access_token)['uti'])
  const outbound = await succeeded(await shared.obo(first.access_token))
  assert.notEqual(claimsOf(outbound.access_token).sub, claimsOf(first.access_token).sub)
})

test('S1-49 a guest is told by acct and idp', async () => {
  const member = claimsOf((await shared.tokens()).access_token)
  const guest = claimsOf((await shared.tokens({ login_hint: 'noor@acme.example' })).access_token)
  assert.deepEqual([member['acct'], 'idp' in member], [0, false])
  assert.deepEqual([guest['acct'], 'idp' in guest], [1, true])
  assert.equal(guest['tid'], shared.tenant().id)
})

test('M-30 the lifetime is random between 60 and 90 minutes, or fixed on order', async () => {
  await using world = await World.start()
  const lifetimes = await Promise.all(Array.from({ length: 12 }, async () => (await world.tokens()).expires_in))
  assert.ok(
    lifetimes.every((seconds) => seconds >= 3600 && seconds < 5400),
    lifetimes.join(),
  )
  assert.ok(new Set(lifetimes).size > 1)
  world.emulator.setTokenLifetime(world.tenant().id, 600)
  const { access_token, expires_in } = await world.tokens()
  const { iat = 0, exp = 0 } = claimsOf(access_token)
  assert.deepEqual([expires_in, exp - iat, iat], [600, 600, world.clock.nowMs / 1000])
})

test('M-25 groups are transitive for SecurityGroup, direct for ApplicationGroup', async () => {
  await using world = await World.start()
  const named = (...names: string[]) =>
    world
      .tenant()
      .groups.filter((group) => names.includes(group.displayName))
      .map((group) => group.id)
      .sort()
  const groups = async () => (claimsOf((await world.tokens({ login_hint: 'chloe@acme.example' })).access_token)['groups'] as string[]).sort() // prettier-ignore
  assert.deepEqual(await groups(), named('Platform', 'Engineering', 'Everyone'))
  const gateway = world.app('MCP Gateway')
  gateway.groupMembershipClaims = 'ApplicationGroup'
  gateway.assignments = named('Platform', 'Engineering')
  assert.deepEqual(await groups(), named('Platform'))
})

test('M-20 beyond 200 groups the token names a source instead', async () => {
  await using world = await World.start()
  const { id } = world.user('Ada')
  world.tenant().groups = Array.from({ length: 200 }, (_, i) => ({
    id: `cccccccc-0000-4000-8000-${String(i).padStart(12, '0')}`,
    displayName: `Group ${i}`,
    members: [id],
    securityEnabled: true,
  }))
  assert.equal((claimsOf((await world.tokens()).access_token)['groups'] as string[]).length, 200)
  world.tenant().groups.push({ ...world.tenant().groups[0]!, id: 'cccccccc-0000-4000-8000-000000000200' })
  const claims = claimsOf((await world.tokens()).access_token)
  assert.equal(claims['groups'], undefined)
  assert.deepEqual(claims['_claim_names'], { groups: 'src1' })
  const endpoint = `https://graph.windows.net/${world.tenant().id}/users/${id}/getMemberObjects`
  assert.deepEqual(claims['_claim_sources'], { src1: { endpoint } })
})

test('groups that contain each other end nobody in a loop', async () => {
  await using world = await World.start()
  const [first, second] = world.tenant().groups
  first?.members.push(second!.id)
  second?.members.push(first!.id)
  await world.tokens()
})

test('S1-46 idtyp appears only when the resource asks for it', async () => {
  await using world = await World.start()
  const scope = `${world.app('MCP Gateway').identifierUris[0]}/.default`
  world.app('MCP Gateway').optionalClaims.accessToken = []
  const answer = await succeeded(await world.clientCredentials('Nightly Job', scope))
  assert.ok(!('idtyp' in claimsOf(answer.access_token)))
  world.app('MCP Gateway').optionalClaims.accessToken = [
    { name: 'idtyp', additionalProperties: ['include_user_token'] },
  ]
  assert.equal(claimsOf((await world.tokens()).access_token)['idtyp'], 'user')
})

test('7.1 a token for Microsoft Graph has a nonce in its header and verifies for nobody else', async () => {
  const { access_token, scope } = await shared.tokens({ scope: 'openid User.Read' })
  assert.equal(scope, 'openid User.Read')
  assert.ok(decodeProtectedHeader(access_token)['nonce'])
  assert.equal(claimsOf(access_token).aud, '00000003-0000-0000-c000-000000000000')
  await assert.rejects(verify(shared, access_token), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
  const me = await fetch(`${shared.emulator.url}/graph/v1.0/me`, {
    headers: { authorization: `Bearer ${access_token}` },
  })
  assert.equal(me.status, 200)
})

test('scopes of OpenID Connect alone give a Graph token for user-info', async () => {
  const { access_token } = await shared.tokens({ scope: 'openid profile email' })
  const headers = { authorization: `Bearer ${access_token}` }
  const answer = await fetch(`${shared.emulator.url}/graph/oidc/userinfo`, { headers })
  const body = (await answer.json()) as Record<string, unknown>
  assert.deepEqual(
    [body['name'], body['email'], body['sub']],
    ['Ada Marsh', 'ada@acme.example', claimsOf(access_token).sub],
  )
})
