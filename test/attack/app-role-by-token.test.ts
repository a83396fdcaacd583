import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { demoSeedUrl, loadSeed, startEmulator } from 'entra-emulator'
import type { Emulator } from 'entra-emulator'
import { startMode } from '../acceptance/s3/support.ts'
import { publishedKey, testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME } from '../support/gate.ts'

const ROLES = { roles: ['Mcp.Tool.Executor'] }
const clock = testClock()
const key = publishedKey()

let emulator: Emulator
before(async () => {
  emulator = await startEmulator({ seed: await loadSeed(demoSeedUrl), now: clock.now })
})
after(() => emulator.close())

const tokenOf = (changes: object) => key.sign(userClaims({ emulator }, clock.seconds, { ...changes }))

test('app role by token: an admin without the app role gets no token of the teamspace that would do without it', async (t) => {
  const gate = await startMode(t, {
    env: {
      MCP_AUTH_MODE: 'EntraJwt,Token',
      AzureAd__TenantId: ACME.tenantId,
      AzureAd__ClientId: ACME.gatewayClientId,
      AzureAd__Instance: emulator.url,
    },
    settings: `clouds: { emulator: { authority: '${emulator.url}' } }\n`,
    fetch: key.fetch,
    now: clock.now,
  })
  const post = (path: string, body: object, token?: string) =>
    gate.admin(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
  const ada = { email: ACME.ada.email, objectId: ACME.ada.oid, role: 'admin' }
  assert.equal((await post('/teamspaces/default/members', ada)).status, 201)
  const { body: operators } = await post('/teamspaces/default/mcp-tokens', { name: 'operator' })
  assert.equal((await gate.call({}, operators.token)).status, 200)

  const without = tokenOf({})
  assert.equal((await gate.call({}, without)).status, 403)
  for (const asked of [{ name: 'way around' }, { name: 'way around', holder: 'teamspace' }]) {
    assert.equal((await post('/mcp-tokens', asked, without)).status, 403)
  }
  assert.equal((await post(`/mcp-tokens/${operators.id}/rotate`, {}, without)).status, 403)
  const { body: held } = await post('/mcp-tokens', { name: 'held', holder: 'member' }, without)
  assert.equal((await gate.call({}, held.token)).status, 403)

  const { body: granted } = await post('/mcp-tokens', { name: 'team' }, tokenOf(ROLES))
  assert.equal((await gate.call({}, granted.token)).status, 200)
})
