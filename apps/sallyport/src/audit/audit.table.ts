import type { Selectable } from 'kysely'

/** Append only, a hash chain for each teamspace. No foreign key: history outlives what it is about. */
export interface AuditTable {
  /** The chain: empty for what belongs to no teamspace. */
  teamspace_id: string
  /** Place in the chain, from 1, without a gap. */
  seq: number
  /** UUID, so that rows of one process sort in the order of writing. For a call it is the request id. */
  id: string
  kind: AuditKind
  at: number
  /** JSON of the event. The hash is over these very characters. */
  event: string
  /** Keyed, over the row and the hash of the row before it; see `hashRow`. */
  hash: string
}

/** `attempt`: a call that is about to be forwarded, written beforehand where the audit trail is required. */
export type AuditKind = 'call' | 'attempt' | 'admin'

/** Where a chain ends, and where it begins since rows were pruned. */
export interface AuditChainTable {
  teamspace_id: string
  seq: number
  hash: string
  /** The last row that was pruned; 0 and empty while none was. */
  first_seq: number
  first_hash: string
  /** HMAC over all of it: whoever only has the database cannot move the end. */
  seal: string
}

/** Rows of before there were chains, until the first start takes them in. */
export interface AuditUnchainedTable {
  id: string
  kind: 'call' | 'admin'
  at: number
  teamspace_id: string | null
  event: string
}

export type AuditRow = Selectable<AuditTable>
export type AuditChainRow = Selectable<AuditChainTable>
