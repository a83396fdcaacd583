import type { Store } from '../store/store.ts'
import { MAX_TOOLS } from './heard-tool.ts'
import type { HeardTools } from './heard-tool.ts'
import { serverToolRepository } from './server-tool-repository.ts'

export interface ToolsOfServer {
  readonly teamspaceId: string
  readonly server: string
  readonly tools: HeardTools
}

/** What no list has named for so long is forgotten. */
const UNSEEN_MS = 30 * 24 * 3600 * 1000

/**
 * Adds what was heard to what is known, the newest word about a tool winning. Nothing is forgotten because one list does
 * not name it: people may see different lists. Others hear of it when a class is news.
 */
export function writeTools(store: Store, { teamspaceId, server, tools }: ToolsOfServer, at: number): Promise<void> {
  return store.transaction(async ({ db, changed }) => {
    const teamspace = await db.selectFrom('teamspace').select('id').where('id', '=', teamspaceId).executeTakeFirst()
    if (!teamspace) return // removed meanwhile
    const repository = serverToolRepository(db, teamspaceId)
    const before = await repository.classes(server)
    await repository.write(server, tools, at)
    const fresh = [...tools.keys()].filter((name) => !before.has(name)).length
    if (before.size + fresh > MAX_TOOLS) await repository.keep(server, MAX_TOOLS)
    if (Array.from(tools).some(([name, tool]) => before.get(name) !== tool.class))
      changed({ kind: 'tools', teamspaceId })
  }, 'crash')
}

/** Forgets, in all teamspaces, what no list has named for a month. */
export function pruneTools(store: Store, at: number): Promise<void> {
  return store.transaction(async ({ db, changed }) => {
    const gone = await db
      .deleteFrom('server_tool')
      .where('seen_at', '<', at - UNSEEN_MS)
      .returning('teamspace_id')
      .execute()
    for (const teamspaceId of new Set(gone.map((row) => row.teamspace_id))) changed({ kind: 'tools', teamspaceId })
  }, 'crash')
}
