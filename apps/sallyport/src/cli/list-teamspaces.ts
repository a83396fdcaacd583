import type { Teamspace } from '../teamspaces/teamspace.ts'
import type { AdminClient } from './admin-client.ts'

/** All of them, page by page. */
export async function listTeamspaces(client: AdminClient): Promise<Teamspace[]> {
  const all: Teamspace[] = []
  for (let query = ''; ;) {
    const page = await client.send<{ teamspaces: Teamspace[]; next?: string }>('GET', `/teamspaces${query}`)
    all.push(...page.teamspaces)
    if (page.next === undefined) return all
    query = `?after=${encodeURIComponent(page.next)}`
  }
}
