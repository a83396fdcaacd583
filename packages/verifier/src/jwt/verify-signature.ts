import { constants, verify, type KeyObject } from 'node:crypto'
import type { CompactJwt } from './compact-jwt.ts'

type Check = (input: Buffer, key: KeyObject, signature: Buffer) => boolean

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }

/** RFC 7518 §3.1 and RFC 8037 §3.1 (RFC 9864 names Ed25519 by itself). No shared secrets, and `none` least of all. */
const CHECKS = {
  RS256: (input, key, signature) => verify('RSA-SHA256', input, key, signature),
  PS256: (input, key, signature) => verify('RSA-SHA256', input, { key, ...PSS }, signature),
  ES256: (input, key, signature) => verify('SHA256', input, { key, dsaEncoding: 'ieee-p1363' }, signature),
  EdDSA: (input, key, signature) => verify(null, input, key, signature),
  Ed25519: (input, key, signature) => verify(null, input, key, signature),
} satisfies Record<string, Check>

export type Algorithm = keyof typeof CHECKS

export const ALGORITHMS = Object.keys(CHECKS) as readonly Algorithm[]

/** Whether this key made the signature. The caller has seen to it that algorithm and key belong together. */
export const isSignedBy = (jwt: CompactJwt, algorithm: Algorithm, key: KeyObject): boolean =>
  CHECKS[algorithm](jwt.signingInput, key, jwt.signature)
