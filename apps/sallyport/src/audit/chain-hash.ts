import { createHmac } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { AuditChainRow, AuditRow } from './audit.table.ts'

export type ChainedRow = Omit<AuditRow, 'hash'>
export type ChainHead = Omit<AuditChainRow, 'seal'>

/**
 * Every field behind its length, so that no two rows can be written alike, whatever is in them. A key of the installation
 * goes in: who only has the database can compute neither.
 */
const encode = (fields: readonly (string | number)[]): string =>
  fields.map((field) => `${String(field).length}:${field}`).join('')

const hmac = (key: KeyObject, text: string): string => createHmac('sha256', key).update(text).digest('base64url')

/** Binds a row to its place: all that is in it, and through the hash before it everything that was written earlier. */
export const hashRow = (key: KeyObject, previous: string, row: ChainedRow): string =>
  hmac(key, encode(['row', previous, row.teamspace_id, row.seq, row.id, row.kind, row.at, row.event]))

/** Rows cut off at the end leave no gap: what shows it is a head that only the installation can write. */
export const sealHead = (key: KeyObject, head: ChainHead): string =>
  hmac(key, encode(['head', head.teamspace_id, head.seq, head.hash, head.first_seq, head.first_hash]))

export const isSealed = (key: KeyObject, head: AuditChainRow): boolean => head.seal === sealHead(key, head)
