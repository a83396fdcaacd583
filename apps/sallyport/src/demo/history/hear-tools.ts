import { TOOLS } from 'findings'
import type { Store } from '../../store/store.ts'
import { teamspaceRepository } from '../../teamspaces/teamspace-repository.ts'
import { toolClassOf } from '../../tools/tool-class.ts'
import { writeTools } from '../../tools/write-tools.ts'

const SERVERS = ['findings', 'scanner']

/** What clients' lists have told of the servers by the time of `at`. */
export async function hearTools(store: Store, slugs: readonly string[], at: number): Promise<void> {
  const tools = new Map(
    TOOLS.map(({ name, title, annotations }) => [name, { class: toolClassOf({ ...annotations }), title }]),
  )
  for (const slug of slugs) {
    const teamspace = await teamspaceRepository(store.db).findBySlug(slug)
    if (!teamspace) continue
    for (const server of SERVERS) await writeTools(store, { teamspaceId: teamspace.id, server, tools }, at)
  }
}
