import type { Kysely, Selectable } from 'kysely'
import type { ToolClass } from './tool-class.ts'
import type { Database } from '../store/schema.ts'
import type { HeardTools } from './heard-tool.ts'
import type { ServerToolTable } from './server-tool.table.ts'

export type ServerToolRow = Selectable<ServerToolTable>

/** Rows in one statement, which is work on the event loop with SQLite. */
const MAX_ROWS = 200

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function serverToolRepository(db: Kysely<Database>, teamspaceId: string) {
  const owned = db.selectFrom('server_tool').where('teamspace_id', '=', teamspaceId)
  return {
    /** All servers, in order. */
    list: (): Promise<ServerToolRow[]> => owned.selectAll().orderBy('server').orderBy('name').execute(),

    async classes(server: string): Promise<Map<string, ToolClass>> {
      const rows = await owned.select(['name', 'class']).where('server', '=', server).execute()
      return new Map(rows.map((row) => [row.name, row.class]))
    },

    /** Writes what was heard last over what was heard before. */
    async write(server: string, tools: HeardTools, at: number): Promise<void> {
      // In one order, so that two replicas that write the same list cannot wait for each other.
      const rows = [...tools]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, tool]) => ({
          teamspace_id: teamspaceId,
          server,
          name,
          class: tool.class,
          title: tool.title ?? null,
          seen_at: at,
        }))
      for (let start = 0; start < rows.length; start += MAX_ROWS) {
        await db
          .insertInto('server_tool')
          .values(rows.slice(start, start + MAX_ROWS))
          .onConflict((conflict) =>
            conflict.columns(['teamspace_id', 'server', 'name']).doUpdateSet((eb) => ({
              class: eb.ref('excluded.class'),
              title: eb.ref('excluded.title'),
              seen_at: eb.ref('excluded.seen_at'),
            })),
          )
          .execute()
      }
    },

    /** Leaves the tools that were seen last. */
    async keep(server: string, count: number): Promise<void> {
      const kept = owned
        .select('name')
        .where('server', '=', server)
        .orderBy('seen_at', 'desc')
        .orderBy('name')
        .limit(count)
      await db
        .deleteFrom('server_tool')
        .where('teamspace_id', '=', teamspaceId)
        .where('server', '=', server)
        .where('name', 'not in', kept)
        .execute()
    },
  }
}
