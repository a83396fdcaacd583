import { setImmediate } from 'node:timers/promises'
import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../../store/schema.ts'
import type { GroupSyncRunTable } from './group-sync.table.ts'
import { ABANDONED, NO_COUNTS } from './group-sync.ts'
import type { SyncCounts, SyncFailure, SyncRun } from './group-sync.ts'

const KEPT_RUNS = 50
/** Identities of one statement: Postgres takes 65,535 parameters, SQLite 32,766. */
const AT_ONCE = 1_000

export interface RunEnd {
  readonly outcome: 'succeeded' | 'failed' | 'held'
  readonly at: number
  readonly counts: SyncCounts
  readonly failure?: SyncFailure | undefined
  readonly heldSet?: string | undefined
}

/** The last runs of one teamspace, and the people whose removal waits. */
export function runRepository(db: Kysely<Database>, teamspaceId: string) {
  const owned = db.selectFrom('group_sync_run').selectAll().where('teamspace_id', '=', teamspaceId)
  const update = () => db.updateTable('group_sync_run').where('teamspace_id', '=', teamspaceId)
  return {
    /** The newest first. */
    list: async (limit = KEPT_RUNS): Promise<SyncRun[]> => {
      const rows = await owned.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      return rows.map(toRun)
    },
    find: async (id: string): Promise<SyncRun | undefined> => {
      const row = await owned.where('id', '=', id).executeTakeFirst()
      return row && toRun(row)
    },
    findHeldSet: async (id: string): Promise<string | undefined> =>
      (await owned.where('id', '=', id).where('outcome', '=', 'held').executeTakeFirst())?.held_set ?? undefined,
    /** The newest run that waits for this. */
    findByHeldSet: async (heldSet: string): Promise<string | undefined> =>
      (await owned.where('held_set', '=', heldSet).orderBy('started_at', 'desc').executeTakeFirst())?.id,
    begin: async ({ id, cause, actor, at }: { id: string; cause: SyncRun['cause']; actor: string; at: number }) => {
      const begun = { id, teamspace_id: teamspaceId, cause, actor, outcome: 'running' as const, started_at: at }
      const open = { ended_at: null, failure: null, says: null, held_set: null }
      await db
        .insertInto('group_sync_run')
        .values({ ...begun, ...open, ...NO_COUNTS })
        .execute()
    },
    end: async (id: string, { outcome, at, counts, failure, heldSet }: RunEnd): Promise<void> => {
      const ended = { outcome, ended_at: at, ...counts, held_set: heldSet ?? null }
      await update()
        .set({ ...ended, failure: failure?.failed ?? null, says: failure?.says ?? null })
        .where('id', '=', id)
        .execute()
    },
    /** Those whose process died: nobody will end them. */
    endAbandoned: async (at: number): Promise<void> => {
      await update()
        .set({ outcome: 'failed', ended_at: at, failure: ABANDONED.failed, says: ABANDONED.says })
        .where('outcome', '=', 'running')
        .execute()
    },
    prune: async (): Promise<void> => {
      const old = db
        .selectFrom('group_sync_run')
        .select('id')
        .where('teamspace_id', '=', teamspaceId)
        .orderBy('started_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .offset(KEPT_RUNS - 1)
      const oldest = await old.select('started_at').executeTakeFirst()
      if (!oldest) return
      const own = db.deleteFrom('group_sync_run').where('teamspace_id', '=', teamspaceId)
      await own.where('started_at', '<', oldest.started_at).execute()
    },
    deleteAll: async (): Promise<void> => {
      await db.deleteFrom('group_sync_run').where('teamspace_id', '=', teamspaceId).execute()
    },
    addHeld: async (heldSet: string, identityIds: readonly string[]): Promise<void> => {
      const rows = identityIds.map((identity_id) => ({ teamspace_id: teamspaceId, held_set: heldSet, identity_id }))
      await db.insertInto('group_sync_held').values(rows).execute()
    },
    /** Whether everybody among these is in the set. */
    isHeld: async (heldSet: string, identityIds: readonly string[]): Promise<boolean> => {
      for (let start = 0; start < identityIds.length; start += AT_ONCE) {
        if (start > 0) await setImmediate()
        const some = identityIds.slice(start, start + AT_ONCE)
        const { count } = await db
          .selectFrom('group_sync_held')
          .select((row) => row.fn.countAll().as('count'))
          .where('teamspace_id', '=', teamspaceId)
          .where('held_set', '=', heldSet)
          .where('identity_id', 'in', some)
          .executeTakeFirstOrThrow()
        if (Number(count) !== some.length) return false
      }
      return true
    },
    /** All sets but this one. */
    deleteHeld: async (except: string | null): Promise<void> => {
      const own = db.deleteFrom('group_sync_held').where('teamspace_id', '=', teamspaceId)
      await (except === null ? own : own.where('held_set', '!=', except)).execute()
    },
  }
}

const toRun = (row: Selectable<GroupSyncRunTable>): SyncRun => ({
  id: row.id,
  cause: row.cause,
  actor: row.actor,
  outcome: row.outcome,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  members: row.members,
  added: row.added,
  revoked: row.revoked,
  kept: row.kept,
  skipped: row.skipped,
  held: row.held,
  error: row.failure === null ? null : { code: row.failure, says: row.says ?? '' },
})
