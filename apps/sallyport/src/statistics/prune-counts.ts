import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { ALL_TEAMSPACES, DIMENSIONS } from './call-count.table.ts'
import { SPANS } from './range.ts'

const DAY_MS = 86_400_000

/** A Sallyport that was away for so long writes under another name. */
const KEEP_WRITERS_MS = 7 * DAY_MS

/** Forgets what is too old, and what belonged to teamspaces that are gone: little by little, for calls wait for SQLite. */
export async function pruneCounts({ db }: Store, now: number): Promise<void> {
  for await (const teamspaceId of countedTeamspaces(db)) {
    const isGone = !(await exists(db, teamspaceId))
    const all = now + DAY_MS
    for (const dimension of DIMENSIONS) {
      for (const { seconds, keepMs } of SPANS) {
        await db
          .deleteFrom('call_count')
          .where('teamspace_id', '=', teamspaceId)
          .where('span', '=', seconds)
          .where('dimension', '=', dimension)
          .where('at', '<', isGone ? all : now - keepMs)
          .execute()
      }
    }
  }
  await db
    .deleteFrom('call_count_writer')
    .where('at', '<', now - KEEP_WRITERS_MS)
    .execute()
}

async function exists(db: Kysely<Database>, teamspaceId: string): Promise<boolean> {
  if (teamspaceId === '' || teamspaceId === ALL_TEAMSPACES) return true
  const found = await db.selectFrom('teamspace').select('id').where('id', '=', teamspaceId).executeTakeFirst()
  return found !== undefined
}

/** One step in the index for each: `distinct` would read all rows. */
async function* countedTeamspaces(db: Kysely<Database>): AsyncGenerator<string> {
  for (let last: string | undefined; ;) {
    let query = db.selectFrom('call_count').select('teamspace_id').orderBy('teamspace_id').limit(1)
    if (last !== undefined) query = query.where('teamspace_id', '>', last)
    const next = await query.executeTakeFirst()
    if (!next) return
    yield (last = next.teamspace_id)
  }
}
