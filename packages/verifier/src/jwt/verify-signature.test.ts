import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { test } from 'node:test'
import { CompactSign } from 'jose'
import { keyPairFor } from '../../test/fake-issuer.ts'
import { isDenied } from '../denial.ts'
import { decodeCompactJwt } from './compact-jwt.ts'
import { toSigningKeys } from './signing-key.ts'
import { ALGORITHMS, isSignedBy, type Algorithm } from './verify-signature.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')

async function signWith(alg: Algorithm, { privateKey } = alg === 'ES256' ? ec : keyPairFor(alg)) {
  const token = await new CompactSign(Buffer.from('{"sub":"user"}'))
    .setProtectedHeader({ alg, kid: 'k' })
    .sign(privateKey)
  const jwt = decodeCompactJwt(token)
  assert.ok(!isDenied(jwt))
  return jwt
}

for (const alg of ALGORITHMS) {
  test(`S5-32 a signature by ${alg} holds for its own key and not for another, nor for other bytes`, async () => {
    const [pair, other] = [keyPairFor(alg), keyPairFor(alg)]
    const jwt = await signWith(alg, pair)
    assert.ok(isSignedBy(jwt, alg, pair.publicKey))
    assert.ok(!isSignedBy(jwt, alg, other.publicKey))
    assert.ok(!isSignedBy({ ...jwt, signingInput: Buffer.from('x.y') }, alg, pair.publicKey))
  })
}

test('RFC 7518 §3.4: ES256 is R and S side by side; the DER form is none', async () => {
  const jwt = await signWith('ES256')
  const der = sign('SHA256', jwt.signingInput, ec.privateKey)
  assert.ok(!isSignedBy({ ...jwt, signature: der }, 'ES256', ec.publicKey))
})

test('RFC 8725 §3.1: a key verifies the algorithms of its type, or the one it names', () => {
  const jwk = (key: typeof rsa.publicKey, kid: string, alg?: string) => ({ ...key.export({ format: 'jwk' }), kid, alg })
  const keys = toSigningKeys(
    {
      keys: [
        jwk(rsa.publicKey, 'rsa'),
        jwk(rsa.publicKey, 'pss', 'PS256'),
        jwk(rsa.publicKey, 'rs512', 'RS512'),
        jwk(rsa.publicKey, 'confused', 'ES256'),
        jwk(ec.publicKey, 'ec'),
        jwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, 'p384'),
        jwk(ed.publicKey, 'ed', 'EdDSA'),
        jwk(generateKeyPairSync('x25519').publicKey, 'x25519'),
        { ...jwk(ec.publicKey, 'off-curve'), y: Buffer.alloc(32, 1).toString('base64url') },
        { kty: 'oct', kid: 'shared', k: 'c2VjcmV0', alg: 'HS256' },
      ],
    },
    ALGORITHMS,
  )
  const algorithms = [...keys].map(([kid, key]) => [kid, key !== 'ambiguous' && key.algorithms])
  assert.deepEqual(Object.fromEntries(algorithms), {
    rsa: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    pss: ['PS256'],
    rs512: ['RS512'],
    ec: ['ES256'],
    p384: ['ES384'],
    ed: ['EdDSA', 'Ed25519'],
  })
})

test('a private key that a set leaks is held as a public one', () => {
  const leaked = { ...ec.privateKey.export({ format: 'jwk' }), kid: 'k' }
  const key = toSigningKeys({ keys: [leaked] }, ALGORITHMS).get('k')
  assert.ok(key !== undefined && key !== 'ambiguous' && key.publicKey.type === 'public')
})
