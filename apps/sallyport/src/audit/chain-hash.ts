import { createHmac } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { AuditChainRow, AuditRow } from './audit.table.ts'

export type ChainedRow = Omit<AuditRow, 'hash'>
export type ChainHead = Omit<AuditChainRow, 'seal'>

/** A text behind its length, so that no two rows can be written alike, whatever is in them: SQLite keeps texts in columns of numbers. */
const sized = (field: string | number): string => {
  const text = `${field}`
  return `${text.length}:${text}`
}

/** Under a key of the installation: who only has the database can compute none. */
const hmac = (key: KeyObject, text: string): string => createHmac('sha256', key).update(text).digest('base64url')

/** Binds a row to its place: all that is in it, and through the hash before it everything that was written earlier. */
export const hashRow = (key: KeyObject, previous: string, row: ChainedRow): string =>
  hmac(
    key,
    `row${sized(previous)}${sized(row.teamspace_id)}${sized(row.seq)}${sized(row.id)}${sized(row.kind)}${sized(row.at)}${sized(row.event)}`,
  )

/** Rows cut off at the end leave no gap: what shows it is a head that only the installation can write. */
export const sealHead = (key: KeyObject, head: ChainHead): string =>
  hmac(
    key,
    `head${sized(head.teamspace_id)}${sized(head.seq)}${sized(head.hash)}${sized(head.first_seq)}${sized(head.first_hash)}`,
  )

export const isSealed = (key: KeyObject, head: AuditChainRow): boolean => head.seal === sealHead(key, head)
