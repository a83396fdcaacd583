import type { ConnectionKind } from '../connections/connection.ts'
import type { Range } from '../overview/overview-query.ts'

export type Severity = 'broken' | 'warning' | 'note'

export type Trouble = { readonly severity: Severity } & (
  | {
      readonly code: 'connection_failed' | 'connection_untested' | 'connection_changed'
      readonly kind: ConnectionKind
    }
  | { readonly code: 'calls_failing'; readonly servers: readonly string[] }
  | { readonly code: 'calls_refused' | 'group_sync_held' | 'group_sync_failed' }
  | { readonly code: 'scim_silent'; readonly since: number }
)

export interface TeamspaceHealth {
  readonly slug: string
  readonly name: string
  readonly members: number
  readonly connections: readonly ConnectionKind[]
  readonly calls: number
  readonly denied: number
  readonly faults: number
  /** The worst first. */
  readonly troubles: readonly Trouble[]
}

export interface HealthPage {
  readonly teamspaces: readonly TeamspaceHealth[]
  /** Of those that are looked for, how many there are. */
  readonly found: number
  /** Of all, by the worst of their troubles. */
  readonly counts: Readonly<Record<Severity | 'teamspaces', number>>
}

export interface HealthSearch {
  readonly range: Range
  readonly search: string | undefined
  readonly troubled: boolean
}
