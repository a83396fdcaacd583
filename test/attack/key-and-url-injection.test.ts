import assert from 'node:assert/strict'
import { createHmac, createPublicKey, X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { compactJws, NO_CREDENTIAL, publishedKey, testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectRefusal } from '../support/refusals.ts'

const clock = testClock()
const attacker = publishedKey()
const fetched: string[] = []
let visits = 0
const site = createServer((_request, response) => {
  visits++
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [attacker.jwk] }))
})
let siteUrl: string
let gate: TestGate
before(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  const counting: typeof fetch = (input, init) => (fetched.push(String(input)), fetch(input, init))
  gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL, fetch: counting })
})
after(async () => {
  site.close()
  await gate.close()
})

const claims = (changes = {}) => userClaims(gate, clock.seconds, changes)
const keysUrl = () => `${gate.emulator.url}/${ACME.tenantId}/discovery/v2.0/keys`

test('SSRF: no URL, path or key name in a token is ever visited', async () => {
  const links = { jku: `${siteUrl}/keys`, x5u: `${siteUrl}/cert`, 'jku#S256': 'x' }
  for (const kid of [
    'k',
    '../../../etc/passwd',
    `${siteUrl}/keys`,
    "' OR 1=1 --",
    '${jndi:ldap://x}',
    'k\u0000',
    'a'.repeat(257),
  ]) {
    await expectRefusal(gate, () => gate.call(attacker.sign(claims(), { ...links, kid })), { status: 401 })
  }
  for (const iss of [
    siteUrl,
    `${siteUrl}/${ACME.tenantId}/v2.0`,
    `${gate.emulator.url}@${siteUrl.slice(7)}/${ACME.tenantId}/v2.0`,
    `${gate.emulator.url}/../${siteUrl}/v2.0`,
    'http://169.254.169.254/metadata/instance',
    'gopher://127.0.0.1:6379/_FLUSHALL',
    `file:///proc/self/environ`,
  ]) {
    await expectRefusal(gate, () => gate.call(attacker.sign(claims({ iss }))), { status: 401 })
  }
  for (const aud of ['../../../admin', `${siteUrl}/`, 'api://../../x', `api://x/${'../'.repeat(20)}`, '%2e%2e%2f']) {
    await expectRefusal(gate, () => gate.call(attacker.sign(claims({ aud }))), {
      status: 401,
      says: 'Unknown audience',
    })
  }
  for (const tid of ['../..', `${ACME.tenantId}/../x`, siteUrl]) {
    await expectRefusal(gate, () => gate.call(attacker.sign(claims({ tid }))), { status: 401 })
  }
  assert.equal(visits, 0)
  assert.ok(
    fetched.every((url) => url === keysUrl()),
    fetched.join('\n'),
  )
})

test('SSRF: claims about distributed groups and other endpoints are not followed', async () => {
  const sources = { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: `${siteUrl}/groups` } } }
  const accessToken = await gate.emulator.signToken(ACME.tenantId, claims(sources))
  assert.equal((await gate.call(accessToken)).status, 200)
  assert.equal(visits, 0)
})

test('algorithm confusion: the public key, in any form an attacker finds it, is no HMAC secret', async () => {
  const { keys } = (await (await fetch(keysUrl())).json()) as { keys: { kid: string; n: string; x5c: string[] }[] }
  const [key] = keys
  const certificate = Buffer.from(key!.x5c[0]!, 'base64')
  const publicKey = createPublicKey(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }))
  const spki = publicKey.export({ type: 'spki', format: 'pem' }) as string
  for (const secret of [
    spki,
    spki.trim(),
    publicKey.export({ type: 'pkcs1', format: 'pem' }),
    publicKey.export({ type: 'spki', format: 'der' }),
    certificate,
    key!.x5c[0]!,
    key!.n,
    Buffer.from(key!.n, 'base64url'),
    JSON.stringify(key),
  ]) {
    for (const [alg, hash] of [
      ['HS256', 'sha256'],
      ['HS384', 'sha384'],
      ['HS512', 'sha512'],
    ] as const) {
      const sign = (input: Buffer) => createHmac(hash, secret).update(input).digest()
      const forged = compactJws({ alg, typ: 'JWT', kid: key!.kid }, claims(), sign)
      await expectRefusal(gate, () => gate.call(forged), { status: 401, says: 'Invalid token' })
    }
  }
})

test('SSRF: what an operator tests or saves as a tenant or cloud is an id, never a place to visit', async () => {
  const before = gate.emulator.requests.length
  const connection = '/teamspaces/acme/connections/entra'
  for (const tenantId of [
    '../../admin',
    `${ACME.tenantId}/../x`,
    'common',
    siteUrl,
    '169.254.169.254',
    '',
    'acme.example',
  ]) {
    const tested = await gate.admin.send('POST', `${connection}/test`, { cloud: 'emulator', tenantId })
    assert.equal(tested.status, 400, tenantId)
    const saved = await gate.admin.send('PUT', connection, gate.admin.connectionBody(ACME, { tenantId }))
    assert.equal(saved.status, 400, tenantId)
  }
  for (const cloud of [siteUrl, '__proto__', 'constructor', 'Emulator', '']) {
    const tested = await gate.admin.send('POST', `${connection}/test`, { cloud, tenantId: ACME.tenantId })
    assert.equal(tested.status, 400, cloud)
  }
  assert.equal(visits, 0)
  assert.equal(gate.emulator.requests.length, before)
})
