/** The settings of a teamspace's group sync, and whose turn it is. */
export interface GroupSyncTable {
  teamspace_id: string
  client_id: string
  group_id: string
  members: 'direct' | 'transitive'
  role: 'developer' | 'admin'
  revokes: number
  on_schedule: number
  skips_disabled: number
  max_removal_percent: number
  version: number
  updated_at: number
  next_run_at: number | null
  /** The run that may write. Whoever finds another here has lost its turn. */
  lease_run: string | null
  lease_until: number | null
  /** Whose removal waits for confirmation: a set of `group_sync_held`. */
  held_set: string | null
}

export interface GroupSyncRunTable {
  id: string
  teamspace_id: string
  cause: 'schedule' | 'request' | 'confirmation'
  actor: string
  outcome: 'running' | 'succeeded' | 'failed' | 'held'
  started_at: number
  ended_at: number | null
  members: number
  added: number
  revoked: number
  kept: number
  skipped: number
  held: number
  failure: string | null
  says: string | null
  held_set: string | null
}

export interface GroupSyncHeldTable {
  teamspace_id: string
  held_set: string
  identity_id: string
}
