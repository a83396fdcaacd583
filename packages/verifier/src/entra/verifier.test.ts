import assert from 'node:assert/strict'
import { createPublicKey, KeyObject } from 'node:crypto'
import { after, test } from 'node:test'
import { CompactEncrypt, CompactSign, SignJWT } from 'jose'
import {
  API,
  CLIENT,
  connection,
  createTestKey,
  HEADER_JSON,
  KEY,
  NOW_SECONDS,
  OTHER_TENANT,
  signRaw,
  signToken,
  startFakeEntra,
  TENANT,
  USER,
  userClaims,
} from '../../test/fake-entra.ts'
import { json } from '../../test/loopback-server.ts'
import { isDenied, type TokenDenialReason } from '../denial.ts'
import { VerificationFault } from '../fault.ts'
import type { EntraConnectionSource } from './connection.ts'
import { localSource } from './local-source.ts'
import { createEntraVerifier, type EntraVerifierOptions } from './verifier.ts'

const entra = await startFakeEntra()
after(() => entra[Symbol.asyncDispose]())

const verifierOf = (options: Partial<EntraVerifierOptions> = {}) =>
  createEntraVerifier({
    connections: localSource([connection()]),
    clouds: entra.clouds,
    now: () => NOW_SECONDS * 1000,
    ...options,
  })

async function denialOf(
  accessToken: string,
  options?: Partial<EntraVerifierOptions>,
): Promise<TokenDenialReason | 'verified'> {
  const outcome = await verifierOf(options).verify(accessToken)
  return isDenied(outcome) ? outcome.denied : 'verified'
}

const codeOf = async (accessToken: string, options?: Partial<EntraVerifierOptions>) => {
  const denied = await denialOf(accessToken, options)
  return denied === 'verified' ? denied : denied.code
}

const claims = (changes: Record<string, unknown> = {}) => userClaims(entra, changes)

test('S1-30 a valid v2 token for a configured audience becomes a verified token of (tid, oid)', async () => {
  const outcome = await verifierOf().verify(await signToken(claims()))

  assert.ok(!isDenied(outcome), JSON.stringify(outcome))
  const { claims: verifiedClaims, ...rest } = outcome
  assert.equal(verifiedClaims['name'], 'Ada')
  assert.deepEqual(rest, {
    kind: 'entra',
    teamspaceId: 'team-a',
    cloud: 'global',
    tenantId: TENANT,
    issuer: entra.issuer(),
    audience: API,
    subject: USER,
    clientId: CLIENT,
    scopes: ['openid', 'mcp.access'],
    roles: [],
    appOnly: false,
    expiresAtSeconds: NOW_SECONDS + 3600,
    tokenId: 'uti-1',
  })
})

test('S1-20 GUIDs compare without case; the subject is lower case', async () => {
  const upper = claims({ aud: API.toUpperCase(), oid: USER.toUpperCase(), tid: TENANT.toUpperCase() })
  const outcome = await verifierOf().verify(await signToken(upper))
  assert.ok(!isDenied(outcome))
  assert.deepEqual([outcome.subject, outcome.audience, outcome.tenantId], [USER, API, TENANT])
})

test('S1-36 only RS256: the same key under another algorithm, a shared secret or no signature is refused', async () => {
  const pem = createPublicKey(KeyObject.from(KEY.privateKey)).export({ type: 'spki', format: 'pem' })
  const payload = new TextEncoder().encode(JSON.stringify(claims()))
  const hs256 = (secret: string | Buffer) =>
    new CompactSign(payload).setProtectedHeader({ alg: 'HS256', kid: KEY.kid }).sign(Buffer.from(secret))
  const rsa = (alg: string) =>
    new CompactSign(payload).setProtectedHeader({ alg, kid: KEY.kid }).sign(KeyObject.from(KEY.privateKey))
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(payload).toString('base64url')}.c2ln`

  const tokens = [none, await hs256(pem), await hs256(Buffer.from(KEY.publicJwk.n!, 'base64url'))]
  for (const alg of ['RS384', 'RS512', 'PS256']) tokens.push(await rsa(alg))
  for (const token of tokens) assert.equal(await codeOf(token), 'token_invalid')
})

test('S1-37 a key that the token brings is never used', async () => {
  const attacker = await createTestKey(KEY.kid)
  const header = {
    jwk: attacker.publicJwk,
    jku: `${entra.authority}/evil`,
    x5u: `${entra.authority}/evil`,
    x5c: ['MIIB'],
  }
  const before = entra.requests.length
  assert.equal(await codeOf(await signToken(claims(), header, attacker)), 'signature_invalid')
  assert.ok(!entra.requests.slice(before).some((url) => url.includes('evil')))
  assert.equal(await codeOf(await signToken(claims(), header)), 'verified')
})

for (const [what, header] of Object.entries({
  'S1-37 crit with an unknown name': { alg: 'RS256', kid: KEY.kid, crit: ['x'], x: 1 },
  'S1-37 crit that is empty': { alg: 'RS256', kid: KEY.kid, crit: [] },
  'S1-37 b64 false': { alg: 'RS256', kid: KEY.kid, b64: false, crit: ['b64'] },
  'S1-37 b64 false without crit': { alg: 'RS256', kid: KEY.kid, b64: false },
  'S1-38 typ of an ID-JAG': { alg: 'RS256', kid: KEY.kid, typ: 'oauth-id-jag+jwt' },
  'S1-38 typ of a DPoP proof': { alg: 'RS256', kid: KEY.kid, typ: 'dpop+jwt' },
  'S1-38 typ of a logout token': { alg: 'RS256', kid: KEY.kid, typ: 'logout+jwt' },
  'S1-38 typ of a client assertion': { alg: 'RS256', kid: KEY.kid, typ: 'client-authentication+jwt' },
  'S1-38 typ with its media type spelt out': { alg: 'RS256', kid: KEY.kid, typ: 'application/DPoP+JWT' },
  'S1-38 typ that is no string': { alg: 'RS256', kid: KEY.kid, typ: ['JWT'] },
  'S1-64 no kid': { alg: 'RS256' },
  'S1-64 kid that is no string': { alg: 'RS256', kid: 1 },
  'S1-36 alg that is a list': { alg: ['RS256'], kid: KEY.kid },
})) {
  test(`${what} is refused though the signature holds`, async () => {
    assert.equal(await codeOf(signRaw(JSON.stringify(header), JSON.stringify(claims()))), 'token_invalid')
  })
}

for (const typ of ['JWT', 'jwt', 'at+jwt', 'application/at+jwt', undefined]) {
  test(`S1-38 typ ${typ} is that of an access token`, async () => {
    assert.equal(await codeOf(await signToken(claims(), { typ })), 'verified')
  })
}

test('S1-39 a JWE is refused, and is no fault', async () => {
  const jwe = await new CompactEncrypt(Buffer.from('{}'))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(Buffer.alloc(32))
  // With `dir` the second part is empty, so both spellings of five parts are tried.
  for (const token of [jwe, jwe.replace('..', '.a2V5.')]) {
    assert.deepEqual(await denialOf(token), {
      code: 'token_invalid',
      detail: 'encrypted tokens (JWE) are not accepted',
    })
  }
})

test('7.1 a token for Microsoft Graph (nonce in the header) is refused with the remedy', async () => {
  const denied = await denialOf(await signToken(claims(), { nonce: 'x' }))
  assert.ok(denied !== 'verified' && denied.code === 'token_invalid')
  assert.match(denied.detail, /Microsoft Graph.*your own API/)
})

test('X-13 what is no JWT is malformed', async () => {
  for (const token of ['', '..', 'mcpt_x', 'not-a-token', 'a.b.c']) assert.equal(await codeOf(token), 'token_malformed')
})

test('S1-31, S1-32 tenant B cannot use the audience of tenant A with a key that both share', async () => {
  const foreign = claims({ iss: entra.issuer(OTHER_TENANT), tid: OTHER_TENANT })
  assert.equal(await codeOf(await signToken(foreign)), 'audience_unknown')
  const careless: EntraConnectionSource = { find: () => connection() }
  assert.equal(await codeOf(await signToken(foreign), { connections: careless }), 'claims_invalid')
})

test('S1-34 tid is the GUID inside iss', async () => {
  for (const tid of [OTHER_TENANT, undefined, '', 5, `${TENANT} `, [TENANT]]) {
    const denied = await denialOf(await signToken(claims({ tid })))
    assert.ok(denied !== 'verified' && denied.code === 'claims_invalid' && denied.claim === 'tid', String(tid))
  }
})

test('S1-50 the tenant of personal accounts is refused even when a connection names it', async () => {
  const tenantId = '9188040d-6c67-4c5b-b112-36a304b66dad'
  const personal = claims({ iss: entra.issuer(tenantId), tid: tenantId })
  assert.equal(
    await codeOf(await signToken(personal), { connections: { find: () => connection({ tenantId }) } }),
    'claims_invalid',
  )
})

test('S1-35 a v1 token is refused as such, by issuer and by ver', async () => {
  const iss = `https://sts.windows.net/${TENANT}/`
  assert.deepEqual(await denialOf(await signToken(claims({ iss, ver: '1.0' }))), {
    code: 'token_version_unsupported',
    presented: iss,
  })
  for (const ver of ['1.0', undefined, 2, '2']) {
    assert.equal(await codeOf(await signToken(claims({ ver }))), 'token_version_unsupported')
  }
})

test('M-01 the issuer of another cloud with the same GUID is refused', async () => {
  await using usgov = await startFakeEntra()
  const clouds = { ...entra.clouds, usgov: { authority: usgov.authority } }
  const token = await signToken(claims({ iss: usgov.issuer() }))
  const denied = await denialOf(token, { clouds })
  assert.ok(denied !== 'verified' && denied.code === 'claims_invalid' && denied.claim === 'iss')
  assert.equal(usgov.requests.length, 0)
})

test('S1-01, S1 acceptance 14: an issuer that is not of Entra is left to its own verifier', async () => {
  for (const iss of ['https://clerk.example', undefined, 7, `${entra.issuer()}/`]) {
    const denied = await denialOf(await signToken(claims({ iss })))
    assert.ok(denied !== 'verified' && denied.code === 'claims_invalid' && denied.claim === 'iss')
  }
})

const expectedOfAudience: [string, unknown, string][] = [
  ['absent', undefined, 'audience_missing'],
  ['empty', '', 'audience_missing'],
  ['a number', 5, 'audience_missing'],
  ['an object', { a: API }, 'audience_missing'],
  ['null', null, 'audience_missing'],
  ['a list of one', [API], 'verified'],
  ['a list of two', [API, API], 'claims_invalid'],
  ['an empty list', [], 'claims_invalid'],
  ['a list with a number', [5], 'claims_invalid'],
  ['a list with our audience and a number', [API, 5], 'claims_invalid'],
  ['a list of a list', [[API]], 'claims_invalid'],
  ['another API', '00000003-0000-0000-c000-000000000000', 'audience_unknown'],
  ['no client id', 'https://api.example', 'audience_unknown'],
  ['a path', '../../evil', 'audience_unknown'],
]
for (const [what, aud, expected] of expectedOfAudience) {
  test(`S1-13, S1-42 aud that is ${what}: ${expected}`, async () => {
    assert.equal(await codeOf(await signToken(claims({ aud }))), expected)
  })
}

test('S1-13, S1-14, S1-18 without a plausible audience no connection is looked up, without a connection no key', async () => {
  const lookUps: string[] = []
  const connections: EntraConnectionSource = {
    find: (tenantId, audience) => {
      lookUps.push(`${tenantId} ${audience}`)
      return undefined
    },
  }
  const before = entra.requests.length
  for (const aud of [undefined, 'https://api.example', '../x']) {
    assert.notEqual(await codeOf(await signToken(claims({ aud })), { connections }), 'verified')
  }
  assert.deepEqual(lookUps, [])
  assert.equal(await codeOf(await signToken(claims()), { connections }), 'audience_unknown')
  assert.deepEqual(lookUps, [`${TENANT} ${API}`])
  assert.equal(entra.requests.length, before)
})

test('S1-30 a connection of another audience does not verify, whatever the source says', async () => {
  const connections = { find: () => connection({ audience: CLIENT }) }
  assert.equal(await codeOf(await signToken(claims()), { connections }), 'claims_invalid')
})

for (const [what, issuer, expected] of [
  ['the template', '{authority}/{tenantid}/v2.0', 'verified'],
  ['its own tenant', `{authority}/${TENANT}/v2.0`, 'verified'],
  ['absent', undefined, 'verified'],
  ['another tenant', `{authority}/${OTHER_TENANT}/v2.0`, 'claims_invalid'],
  ['personal accounts', '{authority}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0', 'claims_invalid'],
  ['another cloud', 'https://login.example/{tenantid}/v2.0', 'claims_invalid'],
  ['no string', 5, 'token_invalid'],
] as const) {
  test(`S1-33 a key whose issuer is ${what}: ${expected}`, async () => {
    await using own = await startFakeEntra()
    const written = typeof issuer === 'string' ? issuer.replace('{authority}', own.authority) : issuer
    const spare = { ...KEY.publicJwk, kid: 'spare' }
    own.answers.set(own.keysPath(), json({ keys: [spare, { ...KEY.publicJwk, issuer: written }] }))
    const token = await signToken(userClaims(own))
    assert.equal(await codeOf(token, { clouds: own.clouds }), expected)
  })
}

test('S1-66 keys of an app with custom signing keys come from ?appid=', async () => {
  await using own = await startFakeEntra()
  const custom = await createTestKey('custom')
  own.answers.set(`${own.keysPath()}?appid=${CLIENT}`, json({ keys: [custom.publicJwk] }))
  const connections = localSource([connection({ signingKeysAppId: CLIENT })])
  const options = { clouds: own.clouds, connections }
  assert.equal(await codeOf(await signToken(userClaims(own), {}, custom), options), 'verified')
  assert.equal(await codeOf(await signToken(userClaims(own)), options), 'token_invalid')
})

test('a signature by another key, over other bytes or cut short is refused', async () => {
  const stranger = await createTestKey(KEY.kid)
  const token = await signToken(claims())
  const [header, , signature] = token.split('.')
  const payload = Buffer.from(JSON.stringify(claims({ oid: CLIENT }))).toString('base64url')
  assert.equal(await codeOf(await signToken(claims(), {}, stranger)), 'signature_invalid')
  assert.equal(await codeOf(`${header}.${payload}.${signature}`), 'signature_invalid')
  assert.equal(await codeOf(`${token.split('.', 2).join('.')}.${signature!.slice(0, 100)}`), 'signature_invalid')
})

test('M-112 duplicate member names are refused though the signature holds', async () => {
  const payload = JSON.stringify(claims())
  assert.equal(await codeOf(signRaw(HEADER_JSON, payload)), 'verified')
  assert.equal(await codeOf(signRaw(HEADER_JSON, payload.replace('{', `{"aud":"${CLIENT}",`))), 'token_malformed')
  assert.equal(await codeOf(signRaw(HEADER_JSON.replace('{', '{"alg":"none",'), payload)), 'token_malformed')
})

test('deep nesting is refused though the signature holds', async () => {
  const nested = `${'['.repeat(3000)}${']'.repeat(3000)}`
  const payload = JSON.stringify(claims()).replace('{', `{"x":${nested},`)
  assert.equal(await codeOf(signRaw(HEADER_JSON, payload)), 'token_malformed')
})

test('padding and spaces in a token that verifies are refused', async () => {
  const token = await signToken(claims())
  for (const changed of [`${token}=`, `${token} `, token.replace('.', ' .'), ` ${token}`, `${token}\n`]) {
    assert.equal(await codeOf(changed), 'token_malformed')
  }
})

test('a token that jose itself makes and signs verifies', async () => {
  const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: KEY.kid }).sign(KEY.privateKey)
  assert.equal(await codeOf(token), 'verified')
})

test('a source that fails is a fault, never a refusal, and always a rejection', async () => {
  const token = await signToken(claims())
  for (const connections of [
    {
      find: () => {
        throw new Error('down')
      },
    },
    { find: () => Promise.reject(new Error('down')) },
  ]) {
    const outcome = verifierOf({ connections }).verify(token)
    assert.ok(outcome instanceof Promise)
    await assert.rejects(
      outcome,
      (fault) => fault instanceof VerificationFault && fault.code === 'connections_unavailable',
    )
  }
})

test('S1-41 a tolerance above 300 s is refused when the verifier is made', () => {
  for (const clockToleranceSeconds of [301, -1, Number.NaN]) {
    assert.throws(() => verifierOf({ clockToleranceSeconds }), RangeError)
  }
})

test('S1-67 a cloud without https is refused when the verifier is made', () => {
  assert.throws(() => verifierOf({ clouds: { global: { authority: 'http://login.example' } } }), TypeError)
})
