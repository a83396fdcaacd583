import { createPrivateKey, createPublicKey, generateKeyPairSync, hash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Sealer } from '../store/sealer.ts'
import type { SigningKeyRow } from './signing-key.table.ts'

/** RFC 7517 §4, RFC 7518 §6.2.1. */
export interface PublicJwk {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
}

/** ES256: the one algorithm besides RS256 that nearly every JOSE library takes, at a small part of the cost to sign. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicJwk: PublicJwk
  readonly createdAt: number
}

/** Bound to the `kid`, so that a key cannot be moved below another's name. */
const sealingContext = (kid: string) => `signing-key:${kid}`

export function createSigningKeyRow(generation: number, createdAt: number, sealer: Sealer): SigningKeyRow {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { kid } = toPublicJwk(privateKey)
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  return {
    generation,
    kid,
    sealed_private_key: sealer.seal(pkcs8, sealingContext(kid)),
    created_at: createdAt,
    retires_at: null,
  }
}

/** Throws `SealBroken` when the row is not as it was written. */
export function openSigningKey(row: SigningKeyRow, sealer: Sealer): SigningKey {
  const pkcs8 = Buffer.from(sealer.open(row.sealed_private_key, sealingContext(row.kid)), 'base64')
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  return { privateKey, publicJwk: toPublicJwk(privateKey), createdAt: row.created_at }
}

/** The `kid` is the key's thumbprint: its required members in this order, without a space (RFC 7638 §3). */
function toPublicJwk(privateKey: KeyObject): PublicJwk {
  const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x: string; y: string }
  const kid = hash('sha256', JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }), 'base64url')
  return { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' }
}
