import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { createOidcVerifier, isDenied } from '@sallyport/verifier'
import { createSealer } from '../store/sealer.ts'
import { createIdentitySigner } from './signed-identity.ts'
import type { Identity } from './signed-identity.ts'
import { createSigningKeyRow, openSigningKey } from './signing-key.ts'

const NOW = Date.parse('2027-01-01T00:00:00.750Z')
const ISSUER = 'https://mcp.example.com'
const AUDIENCE = 'https://findings.internal/mcp'
const KEYS_URL = 'https://mcp.example.com/.well-known/jwks.json'
const ADA: Identity = {
  teamspaceId: 'team-1',
  teamspace: 'acme',
  subject: 'member-1',
  kind: 'member',
  memberId: 'member-1',
  email: 'ada@acme.example',
  role: 'admin',
  clientId: 'client-1',
  scopes: ['findings.read', 'findings.write'],
}

const sealer = createSealer(new Uint8Array(32).fill(7))
const createKey = () => openSigningKey(createSigningKeyRow(1, NOW, sealer), sealer)
const key = createKey()
const jwks = { keys: [key.publicJwk] }

function signerAt(clock: { now: number }, options: { maxEntries?: number } = {}) {
  return createIdentitySigner({ keys: { current: () => key }, issuer: ISSUER, now: () => clock.now, ...options })
}

/** As a server behind that uses jose would. */
const verify = (jwt: string, { now = NOW, audience = AUDIENCE } = {}) =>
  jwtVerify(jwt, createLocalJWKSet(jwks), {
    issuer: ISSUER,
    audience,
    algorithms: ['ES256'],
    typ: 'at+jwt',
    requiredClaims: ['sub', 'jti', 'iat', 'nbf', 'teamspace_id'],
    currentDate: new Date(now),
  })

/** As a server behind that embeds the verifier would. */
const oidcVerifier = (audience = AUDIENCE, now = NOW) =>
  createOidcVerifier({
    connections: [{ teamspaceId: '*', issuer: ISSUER, audience, requiredScope: null, keysUrl: KEYS_URL }],
    fetch: async (url) => (String(url) === KEYS_URL ? Response.json(jwks) : new Response(null, { status: 404 })),
    now: () => now,
  })

test('B-10 the server behind learns who calls, from a JWT that jose verifies', async () => {
  const { payload, protectedHeader } = await verify(await signerAt({ now: NOW }).sign(AUDIENCE, ADA))
  const { iat, nbf, exp, jti, ...said } = payload
  assert.deepEqual(protectedHeader, { alg: 'ES256', kid: key.publicJwk.kid, typ: 'at+jwt' })
  assert.deepEqual(said, {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'member-1',
    kind: 'member',
    teamspace_id: 'team-1',
    teamspace: 'acme',
    member_id: 'member-1',
    email: 'ada@acme.example',
    role: 'admin',
    client_id: 'client-1',
    scope: 'findings.read findings.write',
  })
  assert.match(jti!, /^[0-9a-f-]{36}$/)
  assert.equal(nbf, iat)
  assert.ok(exp! - iat! <= 60)
})

test('B-10 our own verifier takes it as an access token of an OIDC issuer, with a scope or without any', async () => {
  for (const scopes of [ADA.scopes, []]) {
    const outcome = await oidcVerifier().verify(await signerAt({ now: NOW }).sign(AUDIENCE, { ...ADA, scopes }))
    assert.ok(!isDenied(outcome), JSON.stringify(outcome))
    assert.equal(outcome.subject, 'member-1')
    assert.equal(outcome.clientId, 'client-1')
    assert.deepEqual(outcome.scopes, scopes)
    assert.equal(outcome.claims['teamspace_id'], 'team-1')
  }
})

test('B-10 what is not known is not said', async () => {
  const about = { teamspaceId: 'team-1', subject: 'token-1', kind: 'mcp_token', scopes: [] }
  const { payload } = await verify(await signerAt({ now: NOW }).sign(AUDIENCE, about))
  assert.deepEqual(Object.keys(payload).sort(), [
    'aud',
    'exp',
    'iat',
    'iss',
    'jti',
    'kind',
    'nbf',
    'sub',
    'teamspace_id',
  ])
})

test('B-10 a JWT for one server is refused by another', async () => {
  const jwt = await signerAt({ now: NOW }).sign('https://other.internal/mcp', ADA)
  await assert.rejects(verify(jwt), { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED', claim: 'aud' })
  const outcome = await oidcVerifier().verify(jwt)
  assert.ok(isDenied(outcome))
  assert.equal(outcome.denied.code, 'audience_unknown')
})

test('B-10 it is worth nothing a minute later, nor signed by another key', async () => {
  const jwt = await signerAt({ now: NOW }).sign(AUDIENCE, ADA)
  await assert.rejects(verify(jwt, { now: NOW + 60_000 }), { code: 'ERR_JWT_EXPIRED' })
  const late = await oidcVerifier(AUDIENCE, NOW + 125_000).verify(jwt)
  assert.ok(isDenied(late))
  assert.equal(late.denied.code, 'token_expired')

  const keys = { current: () => ({ ...createKey(), publicJwk: key.publicJwk }) }
  const forged = await createIdentitySigner({ keys, issuer: ISSUER, now: () => NOW }).sign(AUDIENCE, ADA)
  await assert.rejects(verify(forged), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' })
  assert.ok(isDenied(await oidcVerifier().verify(forged)))
})

test('B-10 a server whose clock is a few seconds behind, without any tolerance, accepts a fresh one', async () => {
  await verify(await signerAt({ now: NOW }).sign(AUDIENCE, ADA), { now: NOW - 4_000 })
})

test('one signature serves the calls of half a minute, and always has half its life before it but for slow clocks', async () => {
  const clock = { now: NOW }
  const signer = signerAt(clock)
  const first = await signer.sign(AUDIENCE, ADA)
  clock.now = NOW + 29_999
  assert.equal(await signer.sign(AUDIENCE, { ...ADA, scopes: [...ADA.scopes] }), first)
  await verify(first, { now: clock.now + 24_000 })
  clock.now = NOW + 30_000
  const second = await signer.sign(AUDIENCE, ADA)
  assert.notEqual(second, first)
  clock.now = NOW - 1 // set back: servers may follow, and to them the second is not valid yet
  assert.notEqual(await signer.sign(AUDIENCE, ADA), second)
})

test('no two callers share a JWT, nor do two servers, and whatever changes about a caller shows at once', async () => {
  const signer = signerAt({ now: NOW })
  const variants: Identity[] = [
    ADA,
    { ...ADA, subject: 'member-2' },
    { ...ADA, teamspaceId: 'team-2' },
    { ...ADA, teamspace: 'acme-2' },
    { ...ADA, kind: 'mcp_token' },
    { ...ADA, memberId: undefined },
    { ...ADA, email: 'ada@other.example' },
    { ...ADA, role: 'developer' },
    { ...ADA, clientId: 'client-2' },
    { ...ADA, scopes: ['findings.read'] },
    { ...ADA, email: 'ada@acme.example","role":"owner' },
  ]
  const jwts = await Promise.all([
    ...variants.map((about) => signer.sign(AUDIENCE, about)),
    signer.sign('https://other.internal/mcp', ADA),
  ])
  assert.equal(new Set(jwts).size, jwts.length)
})

test('X-27 nothing in a name or a scope adds a claim or a scope', async () => {
  const about: Identity = {
    ...ADA,
    email: 'zoë@acme.example","iss":"https://evil.example',
    scopes: ['findings.read', 'findings.read admin', '', 'a"b', 'a\\b', 'zoë', 'tab\there'],
  }
  const { payload } = await verify(await signerAt({ now: NOW }).sign(AUDIENCE, about))
  assert.equal(payload.iss, ISSUER)
  assert.equal(payload['email'], about.email)
  assert.equal(payload['scope'], 'findings.read')
})

test('what is held in memory is bounded in number and in size', async () => {
  const clock = { now: NOW }
  const signer = signerAt(clock, { maxEntries: 2 })
  const first = await signer.sign(AUDIENCE, ADA)
  for (const subject of ['b', 'c', 'd']) await signer.sign(AUDIENCE, { ...ADA, subject })
  assert.notEqual(await signer.sign(AUDIENCE, ADA), first)

  const large = { ...ADA, scopes: Array.from({ length: 500 }, (_, index) => `scope-${index}`) }
  assert.notEqual(await signer.sign(AUDIENCE, large), await signer.sign(AUDIENCE, large))
})

test('after a rotation the new key signs, and its name is in the header', async () => {
  const clock = { now: NOW }
  const next = createKey()
  const current = () => (clock.now < NOW + 10_000 ? key : next)
  const signer = createIdentitySigner({ keys: { current }, issuer: ISSUER, now: () => clock.now })
  assert.equal(decodeProtectedHeader(await signer.sign(AUDIENCE, ADA)).kid, key.publicJwk.kid)
  clock.now += 30_000
  assert.equal(decodeProtectedHeader(await signer.sign(AUDIENCE, ADA)).kid, next.publicJwk.kid)
})

test('keys that are not in hand are waited for, and a fault of theirs is one of the signature', async () => {
  const waiting = createIdentitySigner({ keys: { current: async () => key }, issuer: ISSUER, now: () => NOW })
  await verify(await waiting.sign(AUDIENCE, ADA))
  const down = createIdentitySigner({ keys: { current: () => Promise.reject(new Error('down')) }, issuer: ISSUER })
  await assert.rejects(async () => down.sign(AUDIENCE, ADA), /down/)
})
