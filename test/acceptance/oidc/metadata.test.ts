import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME } from '../../support/gate.ts'
import { challengeOf, expectRefusal } from '../../support/refusals.ts'
import { startOidcGate } from './support.ts'
import type { OidcGate } from './support.ts'

const PRM = '/.well-known/oauth-protected-resource'
const AS = '/.well-known/oauth-authorization-server'

let gate: OidcGate
before(async () => void (gate = await startOidcGate()))
after(() => gate.close())

const get = async (path: string) => {
  const response = await fetch(`${gate.publicUrl}${path}`)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const metadataOf = (path: string) => get(`${PRM}${path}`)
const challengeAt = async (path: string, withoutSignIn: boolean) => {
  const url = `${gate.publicUrl}${path}`
  return challengeOf(await expectRefusal(gate, () => gate.call(undefined, url), { status: 401, withoutSignIn }))
}

test('S5-09 S5-48 the metadata of a server names the issuer itself and the scope that it wants', async () => {
  const { status, body } = await metadataOf('/t/initech/context7/mcp')
  assert.equal(status, 200)
  assert.deepEqual(body, {
    resource: gate.url,
    authorization_servers: [gate.idp.issuer],
    scopes_supported: ['mcp.access'],
    bearer_methods_supported: ['header'],
  })
  const challenge = await challengeAt('/t/initech/context7/mcp', false)
  assert.deepEqual(challenge, {
    resource_metadata: `${gate.publicUrl}${PRM}/t/initech/context7/mcp`,
    scope: 'mcp.access',
  })
})

test('RFC 9728 §2 without a required scope there is none to publish', async () => {
  await gate.connect({ requiredScope: null })
  assert.ok(!('scopes_supported' in (await metadataOf('/t/initech/context7/mcp')).body))
  assert.ok(!('scope' in (await challengeAt('/t/initech/context7/mcp', false))))
  await gate.connect()
})

test('S5-48 for an issuer of its own the teamspace has no facade', async () => {
  assert.equal((await get(`${AS}/t/initech`)).status, 404)
  for (const [path, method] of [
    ['/t/initech/authorize?client_id=x', 'GET'],
    ['/t/initech/token', 'POST'],
    ['/t/initech/register', 'POST'],
  ] as const) {
    const response = await fetch(`${gate.publicUrl}${path}`, { method })
    assert.equal(response.status, 404, path)
    await response.body?.cancel()
  }
})

test('S2C-01 where a server takes both, the facade comes first, and its scopes are asked for', async () => {
  const oidc = { kind: 'oidc', issuer: gate.idp.issuer, audience: 'https://mcp.acme.example', requiredScope: 'x' }
  await gate.admin.must('PUT', '/teamspaces/acme/connections/oidc', oidc)
  const entraScope = `api://${ACME.gatewayClientId}/Mcp.Gateway.Access`
  const { body } = await metadataOf('/t/acme/both/mcp')
  assert.deepEqual(body['authorization_servers'], [`${gate.publicUrl}/t/acme`, gate.idp.issuer])
  assert.deepEqual(body['scopes_supported'], [entraScope])
  assert.deepEqual((await metadataOf('/t/acme/context7/mcp')).body['authorization_servers'], [gate.idp.issuer])
  assert.deepEqual((await metadataOf('/t/acme/entra/mcp')).body['authorization_servers'], [`${gate.publicUrl}/t/acme`])
  assert.equal((await get(`${AS}/t/acme`)).status, 200)
  // The root describes the default server, in the default teamspace.
  assert.deepEqual((await metadataOf('')).body['authorization_servers'], [gate.idp.issuer])
})

test('S4-27 a server without any sign-in has no metadata, and its challenge names none', async () => {
  for (const path of [
    '/t/acme/tokens/mcp',
    '/t/initech/tokens/mcp',
    '/t/initech/entra/mcp',
    '/t/globex/context7/mcp',
  ]) {
    assert.equal((await metadataOf(path)).status, 404, path)
    assert.deepEqual(await challengeAt(path, true), { realm: 'mcp' }, path)
  }
})
