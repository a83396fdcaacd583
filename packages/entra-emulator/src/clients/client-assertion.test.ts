import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { SignJWT, type JWTPayload } from 'jose'
import { ASSERTION_TYPE, claimsOf, refused, succeeded, World } from '../../test/harness.ts'
import { createCertificate, type Certificate } from '../index.ts'

let shared: World
let certificate: Certificate
let stranger: Certificate
before(async () => {
  ;[shared, certificate, stranger] = await Promise.all([
    World.start(),
    createCertificate('gateway.acme.example'),
    createCertificate('stranger.example'),
  ])
  shared.app('MCP Gateway').certificates.push({ pem: certificate.certificatePem })
})
after(() => shared[Symbol.asyncDispose]())

const clientId = () => shared.app('MCP Gateway').appId

function assertion(change: JWTPayload = {}, header: Record<string, unknown> = {}, key = certificate): Promise<string> {
  const now = shared.clock.nowMs / 1000
  const claims = {
    iss: clientId(),
    sub: clientId(),
    aud: shared.url('/oauth2/v2.0/token'),
    jti: randomUUID(),
    nbf: now,
    exp: now + 300,
  }
  const alg = typeof header['alg'] === 'string' ? header['alg'] : 'RS256'
  return new SignJWT({ ...claims, ...change })
    .setProtectedHeader({ typ: 'JWT', 'x5t#S256': key.x5tS256, ...header, alg })
    .sign(key.privateKey)
}

async function exchange(client_assertion: string): Promise<Response> {
  const { access_token } = await shared.tokens()
  return shared.obo(access_token, { client_secret: undefined, client_assertion, client_assertion_type: ASSERTION_TYPE })
}

test('S2B-16 a certificate proves the client, named by either thumbprint, with RS256 or PS256', async () => {
  const { access_token } = await succeeded(await exchange(await assertion()))
  assert.equal(claimsOf(access_token)['azpacr'], '2')
  await succeeded(await exchange(await assertion({}, { alg: 'PS256' })))
  await succeeded(await exchange(await assertion({}, { 'x5t#S256': undefined, x5t: certificate.x5t })))
  await succeeded(await exchange(await assertion({ aud: shared.url('/v2.0') })))
})

test('AADSTS700027: a signature that does not verify', async () => {
  await refused(
    await exchange(await assertion({}, { 'x5t#S256': certificate.x5tS256 }, stranger)),
    700027,
    'invalid_client',
    401,
  )
})

test('AADSTS700027: a certificate that is not registered, or none named', async () => {
  await refused(await exchange(await assertion({}, {}, stranger)), 700027, 'invalid_client', 401)
  await refused(await exchange(await assertion({}, { 'x5t#S256': undefined })), 700027, 'invalid_client', 401)
})

test('AADSTS700027: a jti is used once, and is required', async () => {
  const once = await assertion()
  await succeeded(await exchange(once))
  await refused(await exchange(once), 700027, 'invalid_client', 401)
  await refused(await exchange(await assertion({ jti: undefined } as never)), 700027, 'invalid_client', 401)
})

test('AADSTS700021: iss and sub must both be the client', async () => {
  await refused(
    await exchange(await assertion({ sub: shared.app('Nightly Job').appId })),
    700021,
    'invalid_client',
    401,
  )
  await refused(
    await exchange(await assertion({ iss: shared.app('Nightly Job').appId })),
    700021,
    'invalid_client',
    401,
  )
})

test('AADSTS700023: the audience must be this token endpoint', async () => {
  for (const aud of [
    shared.url('/oauth2/v2.0/token', 'Globex'),
    [shared.url('/oauth2/v2.0/token'), 'https://x.example'],
  ])
    await refused(await exchange(await assertion({ aud })), 700023, 'invalid_client', 401)
})

test('AADSTS700024: expired, not yet valid, or without end', async () => {
  const now = shared.clock.nowMs / 1000
  for (const change of [{ exp: now - 300 }, { nbf: now + 301 }, { exp: now + 2 * 86_400 }, { exp: undefined }])
    await refused(await exchange(await assertion(change as JWTPayload)), 700024, 'invalid_client', 401)
})

test('AADSTS50027: an assertion that is no JWT', async () => {
  await refused(await exchange('nonsense'), 50027, 'invalid_client', 401)
})

test('AADSTS700025: a public client presents no assertion', async () => {
  const { access_token } = await shared.tokens()
  const fields = {
    client_id: shared.app('Azure CLI').appId,
    client_secret: undefined,
    client_assertion: await assertion(),
  }
  const response = await shared.obo(access_token, { ...fields, client_assertion_type: ASSERTION_TYPE })
  await refused(response, 700025, 'invalid_client', 401)
})
