import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { isJsonObject, type JsonObject } from './strict-json.ts'
import type { Algorithm } from './verify-signature.ts'

export interface SigningKey {
  readonly publicKey: KeyObject
  /** What the key may verify: those of its type, or the one that its `alg` names. */
  readonly algorithms: readonly Algorithm[]
  /** Entra's extension member: the issuer, or issuer template, that alone may use this key. */
  readonly issuer?: string
}

/** By `kid`. `ambiguous`: two keys share the name, so neither may be used (RFC 7517 §4.5). */
export type SigningKeys = ReadonlyMap<string, SigningKey | 'ambiguous'>

const MAX_KEYS = 200
const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 8192

/** Reads a JWK set (RFC 7517 §5). Keys that cannot verify these algorithms are ignored; a set without any is an error. */
export function toSigningKeys(jwks: unknown, algorithms: readonly Algorithm[] = ['RS256']): SigningKeys {
  const members = isJsonObject(jwks) ? jwks['keys'] : undefined
  if (!Array.isArray(members) || members.length > MAX_KEYS) throw new Error('Not a JWK set')

  const keys = new Map<string, SigningKey | 'ambiguous'>()
  for (const jwk of members) {
    if (!isJsonObject(jwk)) continue
    const { kid } = jwk
    if (typeof kid !== 'string' || kid === '') continue
    const key = toSigningKey(jwk, algorithms)
    if (key) keys.set(kid, keys.has(kid) ? 'ambiguous' : key)
  }
  if (keys.size === 0) throw new Error(`The JWK set has no key that can verify ${algorithms.join(', ')}`)
  return keys
}

function toSigningKey(jwk: JsonObject, accepted: readonly Algorithm[]): SigningKey | undefined {
  const { use, key_ops: operations, issuer } = jwk
  if (use !== undefined && use !== 'sig') return undefined
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined
  // A rule that we cannot read is not a rule that we may skip.
  if (issuer !== undefined && typeof issuer !== 'string') return undefined

  const algorithms = algorithmsOf(jwk).filter((algorithm) => accepted.includes(algorithm))
  const publicKey = algorithms.length > 0 ? toPublicKey(jwk) : undefined
  return publicKey && { publicKey, algorithms, ...(issuer !== undefined && { issuer }) }
}

/** A key is for one type of signature, and for one algorithm when it says so (RFC 8725 §3.1). */
function algorithmsOf({ kty, crv, alg }: JsonObject): readonly Algorithm[] {
  const ofType = algorithmsOfType(kty, crv)
  if (alg === undefined) return ofType
  if (!ofType.includes(alg as Algorithm)) return []
  return kty === 'OKP' ? ofType : [alg as Algorithm] // EdDSA and Ed25519 are two names of the one
}

function algorithmsOfType(kty: unknown, crv: unknown): readonly Algorithm[] {
  if (kty === 'RSA') return ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
  // Each curve has its one hash (RFC 7518 §3.4).
  if (kty === 'EC' && crv === 'P-256') return ['ES256']
  if (kty === 'EC' && crv === 'P-384') return ['ES384']
  if (kty === 'EC' && crv === 'P-521') return ['ES512']
  if (kty === 'OKP' && crv === 'Ed25519') return ['EdDSA', 'Ed25519']
  return []
}

/** Only public members are looked at: a set that leaks a private key must not make us hold it. */
function toPublicKey({ kty, crv, n, e, x, y }: JsonObject): KeyObject | undefined {
  const members = kty === 'RSA' ? { kty, n, e } : kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x }
  try {
    const publicKey = createPublicKey({ key: members as JsonWebKey, format: 'jwk' })
    if (kty !== 'RSA') return publicKey
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
    return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS ? publicKey : undefined
  } catch {
    return undefined
  }
}
