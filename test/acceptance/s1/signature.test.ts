import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { compactJws, NO_CREDENTIAL, publishedKey, testClock, userClaims } from '../../support/entra-tokens.ts'
import { startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'

const clock = testClock()
const key = publishedKey()
const stranger = publishedKey(key.kid)
let gate: TestGate
before(async () => void (gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL, fetch: key.fetch })))
after(() => gate.close())

const claims = (changes = {}) => userClaims(gate, clock.seconds, changes)
const callWith = (accessToken: string) => () => gate.call(accessToken)
const invalid = { status: 401, says: 'Invalid token' }

const hmac = (secret: string | Buffer) => (input: Buffer) => createHmac('sha256', secret).update(input).digest()
const HS256 = { alg: 'HS256', typ: 'JWT', kid: key.kid }

test('S1 7: the key that these tests sign with is one that the gate accepts', async () => {
  await expectAllowed(gate, callWith(key.sign(claims())))
  await expectAllowed(gate, callWith(key.sign(claims(), { typ: undefined })))
  await expectAllowed(gate, callWith(key.sign(claims(), { typ: 'at+jwt' })))
})

const forged: Readonly<Record<string, () => string>> = {
  'alg none, with an empty signature': () => compactJws({ alg: 'none', kid: key.kid }, claims(), () => Buffer.alloc(0)),
  'alg none, with some signature': () => compactJws({ alg: 'none', kid: key.kid }, claims(), () => Buffer.from('x')),
  'alg nOnE': () => key.sign(claims(), { alg: 'nOnE' }),
  'HS256 keyed with the public key as PEM': () =>
    compactJws(HS256, claims(), hmac(key.publicKey.export({ type: 'spki', format: 'pem' }))),
  'HS256 keyed with the public key as DER': () =>
    compactJws(HS256, claims(), hmac(key.publicKey.export({ type: 'spki', format: 'der' }))),
  'HS256 keyed with the modulus': () => compactJws(HS256, claims(), hmac(key.jwk.n!)),
  'HS256 keyed with the whole JWK': () => compactJws(HS256, claims(), hmac(JSON.stringify(key.jwk))),
  'HS256 keyed with nothing': () => compactJws(HS256, claims(), hmac('')),
  'RS512, correctly signed': () => key.sign(claims(), { alg: 'RS512' }, 'RSA-SHA512'),
  'RS384, correctly signed': () => key.sign(claims(), { alg: 'RS384' }, 'RSA-SHA384'),
  PS256: () => key.sign(claims(), { alg: 'PS256' }),
  'alg in lower case': () => key.sign(claims(), { alg: 'rs256' }),
  'no alg': () => key.sign(claims(), { alg: undefined }),
  'crit with a name that nobody knows': () => key.sign(claims(), { crit: ['exp2'], exp2: 1 }),
  'crit with b64': () => key.sign(claims(), { crit: ['b64'], b64: true }),
  'crit that is empty': () => key.sign(claims(), { crit: [] }),
  'b64 false': () => key.sign(claims(), { b64: false }),
  'no kid': () => key.sign(claims(), { kid: undefined }),
  'kid as a number': () => key.sign(claims(), { kid: 7 }),
  'a kid that is nobody’s': () => key.sign(claims(), { kid: 'nobody' }),
  'typ of an ID-JAG': () => key.sign(claims(), { typ: 'oauth-id-jag+jwt' }),
  'typ of a DPoP proof': () => key.sign(claims(), { typ: 'dpop+jwt' }),
  'typ of a logout token': () => key.sign(claims(), { typ: 'logout+jwt' }),
  'typ of a client assertion': () => key.sign(claims(), { typ: 'client-authentication+jwt' }),
  'a Microsoft Graph nonce in the header': () => key.sign(claims(), { nonce: 'n' }),
  'a repeated alg in the header': () => key.sign(claims(), `{"alg":"none","alg":"RS256","kid":"${key.kid}"}`),
  'five parts, as a JWE has': () => `${key.sign(claims())}.AAAA.AAAA`,
  'a JWE': () => `${Buffer.from('{"alg":"RSA-OAEP-256","enc":"A256GCM"}').toString('base64url')}.AAAA.AAAA.AAAA.AAAA`,
  'two parts': () => key.sign(claims()).split('.').slice(0, 2).join('.'),
  'four parts': () => `${key.sign(claims())}.AAAA`,
  'three empty parts': () => '..',
  'a header that is no JSON': () => key.sign(claims(), 'RS256'),
  'a header that is a list': () => key.sign(claims(), '[]'),
  'a header of null': () => key.sign(claims(), 'null'),
  'a payload that is no object': () => key.sign('"claims"'),
  'a payload that is not JSON': () => key.sign('{"aud":'),
  'a claim twice': () => key.sign(JSON.stringify(claims()).replace('{', '{"tid":"x",')),
  'a signature padded with =': () => `${key.sign(claims())}==`,
}
for (const [what, forge] of Object.entries(forged)) {
  test(`S1 7: a token with ${what} is refused`, async () => {
    await expectRefusal(gate, callWith(forge()), invalid)
  })
}

test('S1 7: a key that the token brings with it is never used', async () => {
  const { kid: _, ...jwk } = stranger.jwk
  const x5c = [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')]
  for (const header of [{ jwk }, { jwk: { ...jwk, kid: key.kid } }, { x5c }, { jku: 'http://127.0.0.1:9/keys' }]) {
    const refused = { status: 401, says: 'Invalid signature' }
    await expectRefusal(gate, callWith(stranger.sign(claims(), header)), refused)
    await expectRefusal(gate, callWith(stranger.sign(claims(), { ...header, kid: 'stranger' })), invalid)
  }
  await expectAllowed(gate, callWith(key.sign(claims(), { jwk })))
})

test('S1 7: one changed byte of payload or signature is refused', async () => {
  const [header, , signature] = key.sign(claims()).split('.')
  const other = Buffer.from(JSON.stringify(claims({ oid: randomUUID() }))).toString('base64url')
  await expectRefusal(gate, callWith(`${header}.${other}.${signature}`), { status: 401, says: 'Invalid signature' })

  const [head, payload, good] = key.sign(claims()).split('.')
  const flipped = Buffer.from(good!, 'base64url')
  flipped[10]! ^= 1
  const bad = `${head}.${payload}.${flipped.toString('base64url')}`
  await expectRefusal(gate, callWith(bad), { status: 401, says: 'Invalid signature' })
})

test('S1 7: after all of these the gate still answers', async () => {
  await expectAllowed(gate, callWith(key.sign(claims())))
  assert.ok(!gate.logged.some((line) => line.includes('"level":50')), gate.logged.join(''))
})
