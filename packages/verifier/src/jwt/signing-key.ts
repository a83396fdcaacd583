import { createPublicKey, type KeyObject } from 'node:crypto'
import { isJsonObject, type JsonObject } from './strict-json.ts'

export interface SigningKey {
  readonly publicKey: KeyObject
  /** Entra's extension member: the issuer, or issuer template, that alone may use this key. */
  readonly issuer?: string
}

/** By `kid`. `ambiguous`: two keys share the name, so neither may be used (RFC 7517 §4.5). */
export type SigningKeys = ReadonlyMap<string, SigningKey | 'ambiguous'>

const MAX_KEYS = 200
const MIN_RSA_BITS = 2048
const MAX_RSA_BITS = 8192

/** Reads a JWK set (RFC 7517 §5). Keys that cannot verify RS256 are ignored; a set without any is an error. */
export function toSigningKeys(jwks: unknown): SigningKeys {
  const members = isJsonObject(jwks) ? jwks['keys'] : undefined
  if (!Array.isArray(members) || members.length > MAX_KEYS) throw new Error('Not a JWK set')

  const keys = new Map<string, SigningKey | 'ambiguous'>()
  for (const jwk of members) {
    if (!isJsonObject(jwk)) continue
    const { kid } = jwk
    if (typeof kid !== 'string' || kid === '') continue
    const key = toSigningKey(jwk)
    if (key) keys.set(kid, keys.has(kid) ? 'ambiguous' : key)
  }
  if (keys.size === 0) throw new Error('The JWK set has no key that can verify RS256')
  return keys
}

function toSigningKey(jwk: JsonObject): SigningKey | undefined {
  const { kty, n, e, use, alg, key_ops: operations, issuer } = jwk
  if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') return undefined
  if (use !== undefined && use !== 'sig') return undefined
  if (alg !== undefined && alg !== 'RS256') return undefined
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined
  // A rule that we cannot read is not a rule that we may skip.
  if (issuer !== undefined && typeof issuer !== 'string') return undefined

  const publicKey = toRsaPublicKey(n, e)
  return publicKey && { publicKey, ...(issuer !== undefined && { issuer }) }
}

function toRsaPublicKey(n: string, e: string): KeyObject | undefined {
  try {
    const publicKey = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
    const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0
    return bits >= MIN_RSA_BITS && bits <= MAX_RSA_BITS ? publicKey : undefined
  } catch {
    return undefined
  }
}
