import type { Kysely } from 'kysely'
import type { ToolClass } from './tool-class.ts'
import type { Database } from '../store/schema.ts'
import { serverToolRepository } from './server-tool-repository.ts'
import { toolClassFor } from './tool-class-for.ts'
import type { ToolClasses } from './tool-class-for.ts'

export interface KnownTool {
  readonly name: string
  readonly title?: string
  /** The one that rules go by. */
  readonly class: ToolClass
  /** What the server says, where the operator says otherwise. */
  readonly heardClass?: ToolClass
  readonly seenAt: number
}

export interface KnownServer {
  readonly server: string
  readonly tools: readonly KnownTool[]
}

/** What is known of the tools of these servers; nothing of one that is in the configuration no more. */
export async function listKnownTools(
  db: Kysely<Database>,
  teamspaceId: string,
  servers: readonly { readonly name: string; readonly toolClasses?: ToolClasses | undefined }[],
): Promise<KnownServer[]> {
  const byServer = Map.groupBy(await serverToolRepository(db, teamspaceId).list(), ({ server }) => server)
  return servers.map((server) => ({
    server: server.name,
    tools: (byServer.get(server.name) ?? []).map((row) => {
      const stated = toolClassFor(server, row.name, row.class) ?? row.class
      return {
        name: row.name,
        ...(row.title !== null && { title: row.title }),
        class: stated,
        ...(stated !== row.class && { heardClass: row.class }),
        seenAt: row.seen_at,
      }
    }),
  }))
}
