import { constants, verify, type KeyObject } from 'node:crypto'
import type { CompactJwt } from './compact-jwt.ts'

type Check = (input: Buffer, key: KeyObject, signature: Buffer) => boolean

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }

const pkcs1 =
  (hash: string): Check =>
  (input, key, signature) =>
    verify(hash, input, key, signature)

const pss =
  (hash: string): Check =>
  (input, key, signature) =>
    verify(hash, input, { key, ...PSS }, signature)

const ecdsa =
  (hash: string): Check =>
  (input, key, signature) =>
    verify(hash, input, { key, dsaEncoding: 'ieee-p1363' }, signature)

const edwards: Check = (input, key, signature) => verify(null, input, key, signature)

/** RFC 7518 §3.1 and RFC 8037 §3.1 (RFC 9864 names Ed25519 by itself). No shared secrets, and `none` least of all. */
const CHECKS = {
  RS256: pkcs1('sha256'),
  RS384: pkcs1('sha384'),
  RS512: pkcs1('sha512'),
  PS256: pss('sha256'),
  PS384: pss('sha384'),
  PS512: pss('sha512'),
  ES256: ecdsa('sha256'),
  ES384: ecdsa('sha384'),
  ES512: ecdsa('sha512'),
  EdDSA: edwards,
  Ed25519: edwards,
} satisfies Record<string, Check>

export type Algorithm = keyof typeof CHECKS

export const ALGORITHMS = Object.keys(CHECKS) as readonly Algorithm[]

/** Whether this key made the signature. The caller has seen to it that algorithm and key belong together. */
export const isSignedBy = (jwt: CompactJwt, algorithm: Algorithm, key: KeyObject): boolean =>
  CHECKS[algorithm](jwt.signingInput, key, jwt.signature)
