import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { after, test } from 'node:test'
import { CompactSign } from 'jose'
import { NOW_SECONDS } from '../../test/fake-entra.ts'
import { AUDIENCE, createIssuerKey, ISSUER_KEY, signWith, startFakeIssuer } from '../../test/fake-issuer.ts'
import { json, status } from '../../test/loopback-server.ts'
import { isDenied, type TokenDenialReason } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import { ALGORITHMS } from '../jwt/verify-signature.ts'
import type { OidcConnection } from './connection.ts'
import { createOidcVerifier, type OidcVerifierOptions } from './verifier.ts'

const idp = await startFakeIssuer('/realms/acme')
after(() => idp[Symbol.asyncDispose]())

const verifierOf = (options: Partial<OidcVerifierOptions> = {}) =>
  createOidcVerifier({ connections: [idp.connection()], now: () => NOW_SECONDS * 1000, ...options })

const connected = (...changes: Partial<OidcConnection>[]) => ({
  connections: changes.map((change) => idp.connection(change)),
})

async function reasonOf(token: string | Promise<string>, options?: Partial<OidcVerifierOptions>) {
  const outcome = await verifierOf(options).verify(await token)
  return isDenied(outcome) ? (outcome.denied as TokenDenialReason & Record<string, unknown>) : undefined
}
const codeOf = async (token: string | Promise<string>, options?: Partial<OidcVerifierOptions>) =>
  (await reasonOf(token, options))?.code ?? 'verified'
const sign = (changes: Record<string, unknown> = {}, header = {}) => signWith(idp.claims(changes), header)

test('S1 14 a valid access token of a configured (iss, aud) becomes a verified token of (iss, sub)', async () => {
  const outcome = await verifierOf().verify(await sign({ email: 'ada@a.example' }))
  assert.ok(!isDenied(outcome), JSON.stringify(outcome))
  const { claims, ...rest } = outcome
  assert.equal(claims['email'], 'ada@a.example')
  assert.deepEqual(rest, {
    kind: 'oidc',
    teamspaceId: 'team-a',
    issuer: idp.issuer,
    audience: AUDIENCE,
    subject: 'User-1',
    clientId: 'client-1',
    scopes: ['openid', 'mcp.access'],
    expiresAtSeconds: NOW_SECONDS + 300,
    tokenId: 'token-1',
  })
})

test('the claim that identifies people may be another than sub, and then sub does not stand in for it', async () => {
  const options = connected({ subjectClaim: 'uid' })
  const outcome = await verifierOf(options).verify(await sign({ uid: '00u1' }))
  assert.equal(!isDenied(outcome) && outcome.subject, '00u1')
  for (const uid of [undefined, '', 7, ['00u1'], 'x'.repeat(256)]) {
    const reason = await reasonOf(sign({ uid }), options)
    assert.deepEqual([reason?.code, reason?.['claim']], ['claims_invalid', 'uid'])
  }
  assert.equal(await codeOf(sign(), connected({ subjectClaim: 'constructor' })), 'claims_invalid')
})

for (const alg of ALGORITHMS) {
  test(`S5-32 ${alg} is accepted, and nothing else when it is the only one listed`, async () => {
    await using own = await startFakeIssuer()
    const key = createIssuerKey(alg)
    own.answers.set('/keys', json({ keys: [key.jwk] }))
    const options = { connections: [own.connection()] }
    const token = await signWith(own.claims(), {}, key)
    assert.equal(await codeOf(token, options), 'verified')
    const other = alg === 'ES256' ? 'RS256' : 'ES256'
    assert.equal(await codeOf(token, { ...options, algorithms: [other] }), 'token_invalid')
  })
}

test('S5-32, S5 11 none, a shared secret and an algorithm that is not the key’s are refused', async () => {
  const payload = Buffer.from(JSON.stringify(idp.claims()))
  const kid = ISSUER_KEY.kid
  const pem = createPublicKey(ISSUER_KEY.privateKey).export({ type: 'spki', format: 'pem' })
  const hs256 = await new CompactSign(payload).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from(pem))
  const header = Buffer.from(JSON.stringify({ alg: 'none', kid })).toString('base64url')
  const confused = await signWith(idp.claims(), { kid }, createIssuerKey('ES256'))
  const pss = await signWith(idp.claims(), { kid }, { ...ISSUER_KEY, alg: 'PS256' })
  for (const token of [hs256, `${header}.${payload.toString('base64url')}.c2ln`, confused, pss]) {
    assert.equal(await codeOf(token), 'token_invalid')
  }
  assert.equal(await codeOf(signWith(idp.claims(), {}, createIssuerKey('RS256', kid))), 'signature_invalid')
})

test('no algorithm beyond those of this library can be configured', () => {
  for (const algorithms of [['HS256'], ['none'], ['RS256', 'HS512'], []]) {
    assert.throws(() => verifierOf({ algorithms: algorithms as never }), TypeError)
  }
})

for (const iss of [
  `${idp.issuer}/`,
  idp.issuer.toUpperCase(),
  'https://evil.example',
  '',
  undefined,
  5,
  [idp.issuer],
]) {
  test(`S5-30, X-14 the issuer is compared exactly: ${JSON.stringify(iss)} is unknown, and nothing is fetched`, async () => {
    const before = idp.requests.length
    const reason = await reasonOf(sign({ iss }))
    assert.equal(reason?.code, 'claims_invalid')
    assert.equal(reason?.['claim'], 'iss')
    assert.equal(idp.requests.length, before)
  })
}

test('S5-33, S5 8 aud may be a list, of which one is enough', async () => {
  assert.equal(await codeOf(sign({ aud: [AUDIENCE] })), 'verified')
  assert.equal(await codeOf(sign({ aud: ['account', AUDIENCE, 'https://id.example/userinfo'] })), 'verified')
})

test('S1-72, S5-33 an audience is always required: another, a longer or no aud is refused before a key is fetched', async () => {
  const before = idp.requests.length
  for (const aud of ['account', `${AUDIENCE}/`, AUDIENCE.toUpperCase(), ['a', 'b'], 'client-1']) {
    assert.equal(await codeOf(sign({ aud })), 'audience_unknown')
  }
  for (const aud of [undefined, '', [], ['']]) assert.equal(await codeOf(sign({ aud })), 'audience_missing')
  for (const aud of [5, { [AUDIENCE]: 1 }, [AUDIENCE, 5], [[AUDIENCE]], Array(21).fill(AUDIENCE), null]) {
    assert.equal(await codeOf(sign({ aud })), 'claims_invalid')
  }
  assert.equal(idp.requests.length, before)
})

test('the audience decides the teamspace; a token for two teamspaces at once enters none', async () => {
  const options = connected({}, { teamspaceId: 'team-b', audience: 'other' })
  const outcome = await verifierOf(options).verify(await sign({ aud: 'other' }))
  assert.ok(!isDenied(outcome))
  assert.equal(outcome.teamspaceId, 'team-b')
  const both = await reasonOf(sign({ aud: [AUDIENCE, 'other'] }), options)
  assert.deepEqual([both?.code, both?.['claim']], ['claims_invalid', 'aud'])
})

const SCOPES: [claims: Record<string, unknown>, expected: string][] = [
  [{ scope: 'mcp.access' }, 'verified'],
  [{ scope: ' a  mcp.access ' }, 'verified'],
  [{ scope: ['a', 'mcp.access'] }, 'verified'],
  [{ scope: undefined, scp: 'a mcp.access' }, 'verified'],
  [{ scope: undefined, scp: ['a', 'mcp.access'] }, 'verified'],
  [{ scope: 'a', scp: ['mcp.access'] }, 'verified'],
  [{ scope: 'mcp.access2' }, 'scope_insufficient'],
  [{ scope: 'MCP.ACCESS' }, 'scope_insufficient'],
  [{ scope: ['a mcp.access'] }, 'scope_insufficient'],
  [{ scope: undefined, roles: ['mcp.access'] }, 'scope_insufficient'],
  [{ scope: undefined }, 'scope_insufficient'],
  [{ scope: '' }, 'scope_insufficient'],
  [{ scope: 5 }, 'claims_invalid'],
  [{ scope: { 'mcp.access': true } }, 'claims_invalid'],
  [{ scp: ['mcp.access', 5] }, 'claims_invalid'],
]
for (const [claims, expected] of SCOPES) {
  test(`S5-35 ${JSON.stringify(claims)} is ${expected}`, async () => {
    assert.equal(await codeOf(sign(claims)), expected)
  })
}

test('D-15, S1-41 exp is required; exp, nbf and iat count to the second at the tolerance', async () => {
  const at = NOW_SECONDS
  const expected: [Record<string, unknown>, string][] = [
    [{ exp: undefined }, 'claims_invalid'],
    [{ exp: String(at + 300) }, 'claims_invalid'],
    [{ exp: at - 59 }, 'verified'],
    [{ exp: at - 60 }, 'token_expired'],
    [{ nbf: at + 60 }, 'verified'],
    [{ nbf: at + 61 }, 'claims_invalid'],
    [{ iat: at + 61 }, 'claims_invalid'],
    [{ iat: undefined }, 'verified'],
  ]
  for (const [claims, code] of expected) assert.equal(await codeOf(sign(claims)), code, JSON.stringify(claims))
  assert.throws(() => verifierOf({ clockToleranceSeconds: 301 }), RangeError)
})

test('the subject is a string of 1 to 255 characters, and compares with case', async () => {
  for (const sub of [undefined, '', 5, null, ['User-1'], 'x'.repeat(256)]) {
    assert.equal((await reasonOf(sign({ sub })))?.['claim'], 'sub')
  }
  assert.equal(await codeOf(sign({ sub: 'x'.repeat(255) })), 'verified')
})

for (const typ of ['oauth-id-jag+jwt', 'dpop+jwt', 'logout+jwt', 'client-authentication+jwt', 'secevent+jwt', 5]) {
  test(`S1-38 typ ${typ} is not that of an access token`, async () => {
    assert.equal(await codeOf(sign({}, { typ })), 'token_invalid')
  })
}

test('S1-37 crit, b64 and a missing kid are refused; a key that the token brings is never used', async () => {
  const attacker = createIssuerKey('RS256', ISSUER_KEY.kid)
  const brought = { jwk: attacker.jwk, jku: `${idp.origin}/evil`, x5u: `${idp.origin}/evil` }
  assert.equal(await codeOf(signWith(idp.claims(), brought, attacker)), 'signature_invalid')
  assert.ok(!idp.requests.some((url) => url.includes('evil')))
  assert.equal(await codeOf(sign({}, { kid: undefined })), 'token_invalid')
  assert.equal(await codeOf(sign({}, { kid: 'unknown' })), 'token_invalid')
})

test('a token that is bound to a key is no bearer token', async () => {
  assert.equal(await codeOf(sign({ cnf: { jkt: 'x' } })), 'token_invalid')
})

test('S1-51 with a list of clients, azp, client_id or cid must be on it', async () => {
  const options = connected({ allowedClients: ['client-1'] })
  assert.equal(await codeOf(sign(), options), 'verified')
  assert.equal(await codeOf(sign({ client_id: undefined, azp: 'client-1' }), options), 'verified')
  assert.equal(await codeOf(sign({ client_id: undefined, cid: 'client-1' }), options), 'verified')
  for (const claims of [
    { client_id: 'client-2' },
    { client_id: undefined },
    { azp: 'client-2' },
    { client_id: ['client-1'] },
  ]) {
    assert.equal(await codeOf(sign(claims), options), 'claims_invalid', JSON.stringify(claims))
  }
})

test('S1-48 with no scope required, an ID token of the same audience is still refused', async () => {
  const options = connected({ requiredScope: null })
  const none = { scope: undefined }
  assert.equal(await codeOf(sign(none), options), 'verified', 'at+jwt says it')
  assert.equal(await codeOf(sign({}, { typ: 'JWT' }), options), 'verified', 'the scope says it')
  assert.equal(await codeOf(sign(none, { typ: 'JWT' }), options), 'token_invalid')
  assert.equal(await codeOf(sign(none, { typ: undefined }), options), 'token_invalid')
  assert.equal(await codeOf(sign({ ...none, nonce: 'n', at_hash: 'h' }, { typ: 'JWT' }), options), 'token_invalid')
})

test('S1-33 a key that names an issuer signs for that issuer alone', async () => {
  const own = await startFakeIssuer()
  await using _ = own
  const tid = '11111111-1111-4111-8111-111111111111'
  for (const [issuer, code] of [
    [own.issuer, 'verified'],
    ['https://login.microsoftonline.com/{tenantid}/v2.0', 'claims_invalid'],
    ['https://other.example', 'claims_invalid'],
  ]) {
    own.answers.set('/keys', json({ keys: [{ ...ISSUER_KEY.jwk, issuer }] }))
    assert.equal(await codeOf(signWith(own.claims({ tid })), { connections: [own.connection()] }), code)
  }
})

test('S1-44, X-12 a refusal is final and is not remembered; a verified token is, until it is forgotten', async () => {
  await using own = await startFakeIssuer()
  const verifier = verifierOf({ connections: [own.connection()] })
  const token = await signWith(own.claims())
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => verifier.verify(token)))
  assert.ok(outcomes.every((outcome) => !isDenied(outcome)))
  assert.deepEqual(own.requests, [own.metadataPath, '/keys'], 'one discovery, one key set')
  assert.ok(!(verifier.verify(token) instanceof Promise))
  assert.ok(Object.isFrozen(verifier.verify(token)))
  verifier.forget()
  assert.ok(!isDenied(await verifier.verify(token)))
})

test('S5-31, S5 10 an issuer that is down is a fault, never a refusal, and it recovers by itself', async () => {
  await using own = await startFakeIssuer()
  const clock = { seconds: NOW_SECONDS }
  const verifier = verifierOf({ connections: [own.connection()], now: () => clock.seconds * 1000 })
  const token = await signWith(own.claims())
  own.answers.set(own.metadataPath, status(503))
  await assert.rejects(async () => verifier.verify(token), isUnavailable)
  own.answers.set(own.metadataPath, json(own.metadata))
  own.answers.set('/keys', status(500))
  clock.seconds += 1
  await assert.rejects(async () => verifier.verify(token), isUnavailable)
  own.answers.set('/keys', json({ keys: [ISSUER_KEY.jwk] }))
  clock.seconds += 1
  assert.ok(!isDenied(await verifier.verify(token)))
})

const isUnavailable = (fault: unknown) => fault instanceof VerificationFault && fault.code === 'keys_unavailable'

test('S1-63 keys in hand outlive an issuer that is down', async () => {
  await using own = await startFakeIssuer()
  const clock = { seconds: NOW_SECONDS }
  const verifier = verifierOf({ connections: [own.connection()], now: () => clock.seconds * 1000 })
  assert.ok(!isDenied(await verifier.verify(await signWith(own.claims()))))
  own.answers.clear()
  clock.seconds += 7200
  const later = own.claims({ iat: clock.seconds, exp: clock.seconds + 300 })
  assert.ok(!isDenied(await verifier.verify(await signWith(later))))
})

test('S1-62 rotation: the first token with a new kid is verified with keys that are found anew', async () => {
  await using own = await startFakeIssuer()
  const verifier = verifierOf({ connections: [own.connection()] })
  await verifier.verify(await signWith(own.claims()))
  const next = createIssuerKey('ES256', 'next')
  own.answers.set(own.metadataPath, json({ ...own.metadata, jwks_uri: `${own.origin}/new-keys` }))
  own.answers.set('/new-keys', json({ keys: [next.jwk] }))
  assert.ok(!isDenied(await verifier.verify(await signWith(own.claims(), {}, next))))
})

test('an issuer without discovery: its keys are where the connection says', async () => {
  await using own = await startFakeIssuer()
  own.answers.delete(own.metadataPath)
  const connections = [own.connection({ keysUrl: `${own.origin}/keys` })]
  assert.equal(await codeOf(signWith(own.claims()), { connections }), 'verified')
  assert.deepEqual(own.requests, ['/keys'])
})

test('keys that a connection names, and keys that an issuer is asked for, are never taken for each other', async () => {
  await using own = await startFakeIssuer()
  await using other = await startFakeIssuer()
  // Somebody names as the place of their keys what is another's issuer: that must neither lend nor spoil its keys.
  const confusing = other.connection({ teamspaceId: 'team-b', keysUrl: own.issuer })
  const verifier = verifierOf({ connections: [confusing, own.connection()] })
  await assert.rejects(async () => verifier.verify(await signWith(other.claims())), isUnavailable)
  assert.ok(!isDenied(await verifier.verify(await signWith(own.claims()))))
})

test('connections may come from a look-up; one that fails or answers nonsense is a fault', async () => {
  const token = await sign()
  const found = { find: async (issuer: string) => (issuer === idp.issuer ? [idp.connection()] : []) }
  assert.equal(await codeOf(token, { connections: found }), 'verified')
  assert.equal(await codeOf(sign({ iss: 'https://other.example' }), { connections: found }), 'claims_invalid')

  const isUnknown = (fault: unknown) => fault instanceof VerificationFault && fault.code === 'connections_unavailable'
  const down = () => {
    throw new Error('database down')
  }
  const bad: OidcVerifierOptions['connections'][] = [
    { find: down },
    { find: async () => down() },
    { find: () => [idp.connection({ issuer: 'https://other.example' })] },
    { find: () => [idp.connection({ audience: '' })] },
  ]
  for (const connections of bad) {
    await assert.rejects(async () => verifierOf({ connections }).verify(token), isUnknown)
  }
})

const UNUSABLE: Partial<Record<keyof OidcConnection, unknown>>[] = [
  { audience: '' },
  { audience: undefined },
  { audience: [AUDIENCE] },
  { issuer: 'http://id.example' },
  { issuer: 'id.example' },
  { issuer: 'https://id.example?x' },
  { issuer: 'https://id.example#x' },
  { issuer: 'https://user:secret@id.example' },
  { teamspaceId: '' },
  { teamspaceClaim: 'teamspace_id' },
  { keysUrl: 'http://id.example/keys' },
  { provider: 'constructor' },
]
for (const changes of UNUSABLE) {
  test(`S5-33 a connection with ${JSON.stringify(changes)} is refused before it is used`, () => {
    assert.throws(() => verifierOf(connected(changes as Partial<OidcConnection>)), TypeError)
  })
}

test('an issuer that serves several teamspaces says whose a token is, and a token that does not is refused', async () => {
  const { teamspaceId: _, ...rest } = idp.connection()
  const verifier = verifierOf({ connections: [{ ...rest, teamspaceClaim: 'teamspace_id' }] })
  const verify = async (changes: Record<string, unknown>) => verifier.verify(await signWith(idp.claims(changes)))
  for (const teamspaceId of ['acme', 'globex']) {
    const outcome = await verify({ teamspace_id: teamspaceId })
    assert.ok(!isDenied(outcome))
    assert.equal(outcome.teamspaceId, teamspaceId)
  }
  for (const teamspaceId of [undefined, null, '', 5, ['acme'], { id: 'acme' }, 'x'.repeat(256)]) {
    const outcome = await verify({ teamspace_id: teamspaceId })
    assert.deepEqual(isDenied(outcome) && outcome.denied.code, 'claims_invalid')
  }
})

test('two teamspaces cannot have one issuer and audience', () => {
  assert.throws(() => verifierOf(connected({}, { teamspaceId: 'team-b' })), TypeError)
})
