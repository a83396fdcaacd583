import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { after, before, test } from 'node:test'
import { PERSONAL_ACCOUNTS_TENANT_ID } from './index.ts'
import { claimsOf, World } from '../test/harness.ts'
import { decodeProtectedHeader } from 'jose'

let shared: World
before(async () => {
  shared = await World.start()
})
after(() => shared[Symbol.asyncDispose]())

interface Jwk {
  kid: string
  x5t: string
  x5c: string[]
  issuer?: string
  alg?: string
}
const json = async (url: string): Promise<Record<string, unknown>> => (await fetch(url)).json() as never
const keysAt = async (world: World, path: string): Promise<Jwk[]> =>
  (await json(world.emulator.url + path))['keys'] as never
const CONFIGURATION = '/v2.0/.well-known/openid-configuration'

test('M-10 the document names the tenant by its GUID, whatever name it was asked by', async () => {
  const id = shared.tenant().id
  const document = await json(`${shared.emulator.url}/acme.example${CONFIGURATION}`)
  assert.deepEqual(document, await json(shared.url(CONFIGURATION)))
  assert.equal(document['issuer'], `${shared.emulator.url}/${id}/v2.0`)
  assert.equal(document['jwks_uri'], `${shared.emulator.url}/${id}/discovery/v2.0/keys`)
  assert.equal(document['token_endpoint'], `${shared.emulator.url}/${id}/oauth2/v2.0/token`)
})

test('M-14 like Entra it says nothing of PKCE or registration', async () => {
  const document = await json(shared.url(CONFIGURATION))
  assert.ok(!('code_challenge_methods_supported' in document) && !('registration_endpoint' in document))
})

test('M-13 there is no RFC 8414 document', async () => {
  const path = `/.well-known/oauth-authorization-server/${shared.tenant().id}/v2.0`
  assert.equal((await fetch(shared.emulator.url + path)).status, 404)
})

test('M-10 /common and /organizations have an issuer template', async () => {
  for (const name of ['common', 'organizations']) {
    const document = await json(`${shared.emulator.url}/${name}${CONFIGURATION}`)
    assert.equal(document['issuer'], `${shared.emulator.url}/{tenantid}/v2.0`)
    const [key] = await keysAt(shared, `/${name}/discovery/v2.0/keys`)
    assert.equal(key?.issuer, `${shared.emulator.url}/{tenantid}/v2.0`)
  }
})

test('AADSTS90002: an unknown tenant has neither document nor keys', async () => {
  for (const path of [CONFIGURATION, '/discovery/v2.0/keys']) {
    const response = await fetch(`${shared.emulator.url}/nobody.example${path}`)
    const body = (await response.json()) as { error: string; error_codes: number[] }
    assert.deepEqual([response.status, body.error, body.error_codes], [400, 'invalid_tenant', [90002]])
  }
})

test('S1-33 each key names its issuer, one of them the tenant of personal accounts; none names an algorithm', async () => {
  const keys = await keysAt(shared, `/${shared.tenant().id}/discovery/v2.0/keys`)
  const issuers = [shared.tenant().id, PERSONAL_ACCOUNTS_TENANT_ID].map((id) => `${shared.emulator.url}/${id}/v2.0`)
  assert.deepEqual(
    keys.map((key) => key.issuer),
    issuers,
  )
  assert.ok(keys.every((key) => key.alg === undefined))
})

test('keys come with a certificate of the same key, and the thumbprint is right', async () => {
  for (const key of await keysAt(shared, `/${shared.tenant().id}/discovery/v2.0/keys`)) {
    const certificate = new X509Certificate(Buffer.from(key.x5c[0] ?? '', 'base64'))
    assert.ok(certificate.verify(certificate.publicKey))
    assert.equal(
      Buffer.from(key.x5t, 'base64url').toString('hex').toUpperCase(),
      certificate.fingerprint.replaceAll(':', ''),
    )
    const { n } = certificate.publicKey.export({ format: 'jwk' })
    assert.equal(n, (key as unknown as { n: string }).n)
  }
})

test('S1-32 tenants share their signing key', async () => {
  const [acme] = await keysAt(shared, `/${shared.tenant().id}/discovery/v2.0/keys`)
  const [globex] = await keysAt(shared, `/${shared.tenant('Globex').id}/discovery/v2.0/keys`)
  assert.equal(acme?.kid, globex?.kid)
})

test('M-11 v1 metadata has the v1 issuer, and its keys name none', async () => {
  const document = await json(shared.url('/.well-known/openid-configuration'))
  assert.equal(document['issuer'], `https://sts.windows.net/${shared.tenant().id}/`)
  const keys = await keysAt(shared, `/${shared.tenant().id}/discovery/keys`)
  assert.ok(keys.length > 0 && keys.every((key) => key.issuer === undefined))
})

test('S1-66 keys of an application with custom signing keys are published under ?appid= only', async () => {
  await using world = await World.start()
  const gateway = world.app('MCP Gateway')
  gateway.customSigningKeys = true
  const { access_token } = await world.tokens()
  const { kid } = decodeProtectedHeader(access_token)
  const path = `/${world.tenant().id}/discovery/v2.0/keys`
  assert.ok(!(await keysAt(world, path)).some((key) => key.kid === kid))
  assert.ok((await keysAt(world, `${path}?appid=${gateway.appId}`)).some((key) => key.kid === kid))
  assert.ok(!(await keysAt(world, `${path}?appid=${world.app('MCP API').appId}`)).some((key) => key.kid === kid))
})

test('S1-62 rotation brings a new kid and drops the old one; with overlap both stand', async () => {
  await using world = await World.start()
  const path = `/${world.tenant().id}/discovery/v2.0/keys`
  const [first] = await keysAt(world, path)
  await world.emulator.rotateKeys(undefined, { overlap: true })
  const both = await keysAt(world, path)
  assert.equal(both[1]?.kid, first?.kid)
  await world.emulator.rotateKeys()
  const last = await keysAt(world, path)
  assert.ok(!last.some((key) => both.slice(0, 2).some((old) => old.kid === key.kid)))
  assert.equal(decodeProtectedHeader((await world.tokens()).access_token).kid, last[0]?.kid)
})

test('rotating one tenant leaves the others their key', async () => {
  await using world = await World.start()
  const globex = `/${world.tenant('Globex').id}/discovery/v2.0/keys`
  const before = await keysAt(world, globex)
  await world.emulator.rotateKeys('acme.example')
  assert.deepEqual(await keysAt(world, globex), before)
  assert.notEqual((await keysAt(world, `/${world.tenant().id}/discovery/v2.0/keys`))[0]?.kid, before[0]?.kid)
})

test('signToken signs what a test wants, also with the key of personal accounts', async () => {
  const keys = await keysAt(shared, `/${shared.tenant().id}/discovery/v2.0/keys`)
  const token = await shared.emulator.signToken(
    shared.tenant().id,
    { aud: 'x', exp: 1 },
    { kid: keys[1]!.kid, typ: 'at+jwt' },
  )
  assert.deepEqual(claimsOf(token), { aud: 'x', exp: 1 })
  assert.equal(decodeProtectedHeader(token).kid, keys[1]?.kid)
  assert.equal(decodeProtectedHeader(token).typ, 'at+jwt')
})
