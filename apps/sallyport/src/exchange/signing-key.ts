import { createPrivateKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Sealer } from '../store/sealer.ts'
import { IDENTITY_KEYS } from './key-kind.ts'
import type { EcJwk, KeyKind, PublicJwk } from './key-kind.ts'
import type { KeyPurpose, SigningKeyRow } from './signing-key.table.ts'

export interface SigningKey<Jwk extends PublicJwk = EcJwk> {
  readonly privateKey: KeyObject
  readonly publicJwk: Jwk
  readonly createdAt: number
}

/** Bound to purpose and `kid`, so that a key can be moved neither below another's name nor to another use. */
const SEALED_AS: Readonly<Record<KeyPurpose, string>> = { identity: 'signing-key', federation: 'federation-key' }
const sealingContext = (purpose: KeyPurpose, kid: string) => `${SEALED_AS[purpose]}:${kid}`

export const createSigningKeyRow = (generation: number, createdAt: number, sealer: Sealer): SigningKeyRow =>
  toSigningKeyRow(IDENTITY_KEYS, IDENTITY_KEYS.generate(), { generation, createdAt, sealer })

interface Making {
  readonly generation: number
  readonly createdAt: number
  readonly sealer: Sealer
}

export function toSigningKeyRow(kind: KeyKind, privateKey: KeyObject, making: Making): SigningKeyRow {
  const { generation, createdAt, sealer } = making
  const { purpose } = kind
  const { kid } = kind.toPublicJwk(privateKey)
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  const sealed_private_key = sealer.seal(pkcs8, sealingContext(purpose, kid))
  return { purpose, generation, kid, sealed_private_key, created_at: createdAt, retires_at: null }
}

/** Throws `SealBroken` when the row is not as it was written. */
export function openSigningKey(row: SigningKeyRow, sealer: Sealer): SigningKey
export function openSigningKey<Jwk extends PublicJwk>(
  row: SigningKeyRow,
  sealer: Sealer,
  kind: KeyKind<Jwk>,
): SigningKey<Jwk>
export function openSigningKey(row: SigningKeyRow, sealer: Sealer, kind: KeyKind = IDENTITY_KEYS) {
  const pkcs8 = Buffer.from(sealer.open(row.sealed_private_key, sealingContext(kind.purpose, row.kid)), 'base64')
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  return { privateKey, publicJwk: kind.toPublicJwk(privateKey), createdAt: row.created_at }
}
