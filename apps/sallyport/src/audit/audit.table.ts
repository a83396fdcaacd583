import type { Selectable } from 'kysely'

/** Append only. No foreign key: history outlives what it is about. */
export interface AuditTable {
  /** UUID version 7, so that rows of one process sort in the order of writing. For a call it is the request id. */
  id: string
  kind: 'call' | 'admin'
  at: number
  teamspace_id: string | null
  /** JSON of the `CallEvent` or `AdminEvent`. */
  event: string
}

export type AuditRow = Selectable<AuditTable>
