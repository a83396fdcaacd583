import type { EntraConnectionRecord } from '../../connections/connection.ts'
import type { GroupSyncSettings, SyncCounts, SyncFailure } from './group-sync.ts'

export interface RunTask {
  readonly connection: EntraConnectionRecord
  readonly settings: GroupSyncSettings
  /** Whose removal somebody has confirmed: they, and nobody else, may be taken out whatever their number. */
  readonly confirmedSet?: string | undefined
  /** Whose removal waits already. */
  readonly heldSet: string | null
}

export interface RunResult {
  readonly counts: SyncCounts
  readonly failure?: SyncFailure | undefined
  /** Whose removal waits for confirmation now. */
  readonly heldSet?: string | undefined
}
