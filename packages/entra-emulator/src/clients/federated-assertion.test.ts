import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose'
import { ASSERTION_TYPE, claimsOf, refused, succeeded, World } from '../../test/harness.ts'

const AUDIENCE = 'api://AzureADTokenExchange'
const SUBJECT = 'teamspace:7d1f'

let shared: World
let server: Server
let issuer: string
let privateKey: CryptoKey
let answer: (path: string) => unknown

before(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true })
  privateKey = pair.privateKey
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', use: 'sig' }
  server = createServer((request, response) => {
    const body = answer(request.url ?? '')
    response.writeHead(body === undefined ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  answer = (path) => (path === '/keys' ? { keys: [jwk] } : { issuer, jwks_uri: `${issuer}/keys` })
  shared = await World.start()
  shared.app('Group Sync').federatedCredentials.push({ issuer, subject: SUBJECT, audience: AUDIENCE })
})
after(async () => {
  server.close()
  await shared[Symbol.asyncDispose]()
})

function assertion(change: JWTPayload = {}): Promise<string> {
  const now = shared.clock.nowMs / 1000
  return new SignJWT({ iss: issuer, sub: SUBJECT, aud: AUDIENCE, iat: now, exp: now + 300, ...change })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .sign(privateKey)
}

const request = (client_assertion: string, displayName = 'Group Sync') =>
  shared.clientCredentials(displayName, 'https://graph.microsoft.com/.default', {
    client_secret: undefined,
    client_assertion,
    client_assertion_type: ASSERTION_TYPE,
  })

test('S2E-03 an external issuer proves the client, without a secret', async () => {
  const { access_token } = await succeeded(await request(await assertion()))
  assert.deepEqual(claimsOf(access_token)['roles'], ['GroupMember.Read.All', 'User.ReadBasic.All'])
  assert.equal(claimsOf(access_token)['appidacr'], '2')
})

test('AADSTS70021: an application without federated credentials', async () => {
  await refused(await request(await assertion(), 'Nightly Job'), 70021, 'invalid_client', 401)
})

test('S2E-03 AADSTS700211, AADSTS700213, AADSTS7002138 and AADSTS700212: issuer, subject and audience match exactly', async () => {
  await refused(await request(await assertion({ iss: `${issuer}/` })), 700211, 'invalid_client', 401)
  await refused(await request(await assertion({ sub: `${SUBJECT}0` })), 700213, 'invalid_client', 401)
  await refused(await request(await assertion({ sub: SUBJECT.toUpperCase() })), 7002138, 'invalid_client', 401)
  await refused(await request(await assertion({ aud: `${AUDIENCE}China` })), 700212, 'invalid_client', 401)
  await refused(await request(await assertion({ aud: [AUDIENCE, 'x'] })), 700212, 'invalid_client', 401)
})

test('AADSTS700024: an expired assertion', async () => {
  await refused(await request(await assertion({ exp: shared.clock.nowMs / 1000 })), 700024, 'invalid_client', 401)
})

test('AADSTS7000272: an assertion signed with a key that the issuer does not publish', async () => {
  const good = answer
  answer = (path) => (path === '/keys' ? { keys: [] } : good(path))
  await refused(await request(await assertion()), 7000272, 'invalid_client', 401)
  answer = good
})

test('AADSTS700027: an assertion that the issuer did not sign', async () => {
  const forged = (await assertion()).replace(/\.[^.]+$/, '.AAAA')
  await refused(await request(forged), 700027, 'invalid_client', 401)
})

test('AADSTS50166: an issuer that does not answer, or answers for another issuer', async () => {
  const good = answer
  answer = () => undefined
  await refused(await request(await assertion()), 50166, 'invalid_request')
  answer = (path) => (path === '/keys' ? good(path) : { issuer: 'https://other.example', jwks_uri: `${issuer}/keys` })
  await refused(await request(await assertion()), 50166, 'invalid_request')
  answer = good
  await succeeded(await request(await assertion()))
})
