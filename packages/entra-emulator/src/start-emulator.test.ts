import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { claimsOf, succeeded, World } from '../test/harness.ts'

test('a user signs in, the gateway acts on behalf of them, and both tokens verify under the published keys', async () => {
  await using world = await World.start()
  const inbound = await world.tokens()
  const outbound = await succeeded(await world.obo(inbound.access_token))

  const keys = createRemoteJWKSet(new URL(world.url('/discovery/v2.0/keys')))
  const issuer = `${world.emulator.url}/${world.tenant().id}/v2.0`
  const options = { issuer, currentDate: new Date(world.clock.nowMs) }
  const first = await jwtVerify(inbound.access_token, keys, { ...options, audience: world.app('MCP Gateway').appId })
  const second = await jwtVerify(outbound.access_token, keys, { ...options, audience: world.app('MCP API').appId })

  assert.equal(first.payload['scp'], 'Mcp.Gateway.Access')
  assert.equal(second.payload['scp'], 'mcp.access')
  assert.equal(second.payload['azp'], world.app('MCP Gateway').appId)
  assert.equal(first.payload['oid'], second.payload['oid'])
  assert.notEqual(first.payload.sub, second.payload.sub)
  assert.equal(claimsOf(outbound.access_token)['tid'], world.tenant().id)
})
