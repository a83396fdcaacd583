import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { KEY } from '../../test/fake-entra.ts'
import { toSigningKeys } from './signing-key.ts'

const good = KEY.publicJwk
const kidsOf = (...members: unknown[]) => [...toSigningKeys({ keys: [...members, { ...good, kid: 'good' }] }).keys()]

test('an RSA key for signatures is taken, with or without use, alg and key_ops', () => {
  assert.deepEqual(kidsOf(good), [KEY.kid, 'good'])
  assert.deepEqual(kidsOf({ kty: 'RSA', kid: 'bare', n: good.n, e: good.e }), ['bare', 'good'])
  assert.deepEqual(kidsOf({ ...good, alg: 'RS256', key_ops: ['verify'], x5c: ['nonsense'] }), [KEY.kid, 'good'])
})

const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
for (const [what, jwk] of Object.entries({
  'use: enc': { ...good, use: 'enc' },
  'another use': { ...good, use: 'tls' },
  'another alg': { ...good, alg: 'RS512' },
  'key_ops without verify': { ...good, key_ops: ['encrypt'] },
  'a shared secret': { kty: 'oct', kid: 'x', k: 'c2VjcmV0', use: 'sig' },
  'RSA below 2048 bit': { ...small, kid: 'x', use: 'sig' },
  'RSA too large to verify cheaply': { ...good, n: Buffer.alloc(2048, 0xff).toString('base64url') },
  'an elliptic curve': { ...curve, kid: 'x', use: 'sig' },
  'no kid': { ...good, kid: undefined },
  'an empty kid': { ...good, kid: '' },
  'no modulus': { ...good, n: undefined },
  'an empty modulus': { ...good, n: '' },
  'an issuer that is no string': { ...good, issuer: 5 },
  null: null,
  'a string': 'key',
})) {
  test(`S1-67 a key that is no RS256 signing key is ignored: ${what}`, () => {
    assert.deepEqual(kidsOf(jwk), ['good'])
  })
}

test('S1-64 two signing keys with one kid are both unusable; one for encryption does not count', () => {
  assert.equal(toSigningKeys({ keys: [good, { ...good }] }).get(KEY.kid), 'ambiguous')
  assert.equal(toSigningKeys({ keys: [good, good, good] }).get(KEY.kid), 'ambiguous')
  assert.notEqual(toSigningKeys({ keys: [good, { ...good, use: 'enc' }] }).get(KEY.kid), 'ambiguous')
})

for (const jwks of [
  undefined,
  null,
  [],
  'x',
  {},
  { keys: {} },
  { keys: 'x' },
  { keys: [] },
  { keys: [{ ...good, use: 'enc' }] },
  { keys: Array(201).fill(good) },
]) {
  test(`S1-67 what is no JWK set, has no usable key or has too many is an error: ${JSON.stringify(jwks)?.slice(0, 60)}`, () => {
    assert.throws(() => toSigningKeys(jwks))
  })
}
