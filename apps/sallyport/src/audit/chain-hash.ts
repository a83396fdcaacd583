import { createHmac, hash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Sealer } from '../store/sealer.ts'
import type { AuditChainRow, AuditRow } from './audit.table.ts'

export type ChainedRow = Omit<AuditRow, 'hash'>
export type ChainHead = Omit<AuditChainRow, 'seal'>

/** Keys of the installation: who only has the database can compute no hash and no seal. */
export interface ChainKeys {
  readonly seals: KeyObject
  /** As text, since it is hashed with texts. */
  readonly rows: string
}

export const chainKeysOf = (sealer: Sealer): ChainKeys => ({
  seals: sealer.deriveKey('audit chain'),
  rows: sealer.deriveKey('audit rows').export().toString('base64url'),
})

/** A text behind its length, so that no two rows can be written alike, whatever is in them: SQLite keeps texts in columns of numbers. */
const sized = (field: string | number): string => {
  const text = `${field}`
  return `${text.length}:${text}`
}

const toText = (previous: string, row: ChainedRow): string =>
  `row${sized(previous)}${sized(row.teamspace_id)}${sized(row.seq)}${sized(row.id)}${sized(row.kind)}${sized(row.at)}${sized(row.event)}`

const SECOND = '2.'

/**
 * Binds a row to its place: all that is in it, and through the hash before it everything that was written earlier.
 *
 * A key in front of the text makes SHA-256 a MAC as long as no text is the beginning of another (Bellare, Canetti and
 * Krawczyk, "Pseudorandom functions revisited", 1996): lengths stand before all fields, so none is. HMAC, which needs no
 * such care, costs three times as much, and every call has a row.
 */
export const hashRow = (keys: ChainKeys, previous: string, row: ChainedRow): string =>
  SECOND + hash('sha256', keys.rows + toText(previous, row), 'base64url')

/** Rows of earlier versions have an HMAC. */
export const isHashOf = (keys: ChainKeys, previous: string, row: AuditRow): boolean =>
  row.hash === (row.hash.startsWith(SECOND) ? hashRow(keys, previous, row) : hmac(keys.seals, toText(previous, row)))

const hmac = (key: KeyObject, text: string): string => createHmac('sha256', key).update(text).digest('base64url')

/** Rows cut off at the end leave no gap: what shows it is a head that only the installation can write. */
export const sealHead = ({ seals }: ChainKeys, head: ChainHead): string =>
  hmac(
    seals,
    `head${sized(head.teamspace_id)}${sized(head.seq)}${sized(head.hash)}${sized(head.first_seq)}${sized(head.first_hash)}`,
  )

export const isSealed = (keys: ChainKeys, head: AuditChainRow): boolean => head.seal === sealHead(keys, head)
