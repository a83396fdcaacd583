import type { ConnectionKind } from '../connections/connection.ts'
import type { ConnectionTest } from '../connections/test-connection.ts'
import type { Tally } from '../statistics/minute-counts.ts'

/** How a teamspace stands, as the tables have it. */
export interface TeamspaceState {
  readonly slug: string
  readonly name: string
  readonly createdAt: number
  readonly members: number
  readonly connections: readonly ConnectionState[]
  /** In the range that was asked for, by server; empty for calls that reached none. */
  readonly calls: readonly (Readonly<Tally> & { readonly server: string })[]
  readonly groupSync: GroupSyncState | undefined
  /** When an identity provider last came by SCIM, or could first have; of who no longer may, nothing. */
  readonly scimSeenAt: number | undefined
}

export interface ConnectionState {
  readonly kind: ConnectionKind
  readonly lastTest: { readonly outcome: ConnectionTest['outcome']; readonly isStale: boolean } | undefined
}

export interface GroupSyncState {
  readonly isHeld: boolean
  readonly lastOutcome: 'succeeded' | 'failed' | 'held' | undefined
}
