import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../store/schema.ts'
import type { GroupSyncTable } from './group-sync.table.ts'
import type { GroupSyncSettings } from './group-sync.ts'

export interface StoredGroupSync {
  readonly settings: GroupSyncSettings
  readonly version: number
  readonly updatedAt: number
  readonly nextRunAt: number | null
  readonly lease: { readonly runId: string; readonly until: number } | null
  readonly heldSet: string | null
}

interface Lease {
  readonly runId: string
  readonly until: number
}

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function groupSyncRepository(db: Kysely<Database>, teamspaceId: string) {
  const update = () => db.updateTable('group_sync').where('teamspace_id', '=', teamspaceId)
  return {
    find: async (): Promise<StoredGroupSync | undefined> => {
      const query = db.selectFrom('group_sync').selectAll().where('teamspace_id', '=', teamspaceId)
      const row = await query.executeTakeFirst()
      return row && fromRow(row)
    },
    /** Ends the turn of a run that is under way: it was about other settings. */
    save: async (settings: GroupSyncSettings, saved: { version: number; at: number; nextRunAt: number | null }) => {
      const ended = { lease_run: null, lease_until: null, held_set: null }
      const values = { ...toColumns(settings), ...ended, version: saved.version, updated_at: saved.at }
      const row = { ...values, next_run_at: saved.nextRunAt }
      await db
        .insertInto('group_sync')
        .values({ ...row, teamspace_id: teamspaceId })
        .onConflict((conflict) => conflict.column('teamspace_id').doUpdateSet(row))
        .execute()
    },
    delete: async (): Promise<void> => {
      await db.deleteFrom('group_sync').where('teamspace_id', '=', teamspaceId).execute()
    },
    /** Whoever calls this has seen that nobody else has the turn, and holds the teamspace. */
    giveTurn: async ({ runId, until }: Lease, nextRunAt: number | null): Promise<void> => {
      await update().set({ lease_run: runId, lease_until: until, next_run_at: nextRunAt }).execute()
    },
    /** False when the run has lost its turn. In a transaction nobody can take it until that ends. */
    keepTurn: async ({ runId, until }: Lease): Promise<boolean> => {
      const kept = await update().set({ lease_until: until }).where('lease_run', '=', runId).executeTakeFirst()
      return kept.numUpdatedRows > 0n
    },
    endTurn: async (runId: string): Promise<void> => {
      await update().set({ lease_run: null, lease_until: null }).where('lease_run', '=', runId).execute()
    },
    setHeld: async (heldSet: string | null): Promise<void> => {
      await update().set({ held_set: heldSet }).execute()
    },
  }
}

/** Across teamspaces by its nature: whose turn on the schedule has come, the longest waiting first. */
export async function listDue(db: Kysely<Database>, now: number, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('group_sync')
    .innerJoin('teamspace', 'teamspace.id', 'group_sync.teamspace_id')
    .select('teamspace.slug')
    .where('next_run_at', '<=', now)
    .where(({ eb, or }) => or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
    .orderBy('next_run_at')
    .limit(limit)
    .execute()
  return rows.map(({ slug }) => slug)
}

function toColumns(settings: GroupSyncSettings) {
  return {
    client_id: settings.clientId,
    group_id: settings.groupId,
    members: settings.members,
    role: settings.role,
    revokes: Number(settings.revoke),
    on_schedule: Number(settings.schedule),
    skips_disabled: Number(settings.skipDisabled),
    max_removal_percent: settings.maxRemovalPercent,
  }
}

function fromRow(row: Selectable<GroupSyncTable>): StoredGroupSync {
  const { lease_run: runId, lease_until: until } = row
  return {
    settings: {
      clientId: row.client_id,
      groupId: row.group_id,
      members: row.members,
      role: row.role,
      revoke: row.revokes === 1,
      schedule: row.on_schedule === 1,
      skipDisabled: row.skips_disabled === 1,
      maxRemovalPercent: row.max_removal_percent,
    },
    version: row.version,
    updatedAt: row.updated_at,
    nextRunAt: row.next_run_at,
    lease: runId === null || until === null ? null : { runId, until },
    heldSet: row.held_set,
  }
}
