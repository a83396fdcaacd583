import type { TeamspaceLookup } from './teamspace-lookup.ts'
import type { Teamspace } from './teamspace.ts'

/** Owner of the addresses that name no teamspace: the configured one, or the only one there is. */
export async function findDefaultTeamspace(
  slug: string | undefined,
  teamspaces: TeamspaceLookup,
): Promise<Teamspace | undefined> {
  if (slug !== undefined) return teamspaces.findBySlug(slug)
  const all = await teamspaces.list()
  return all.length === 1 ? all[0] : undefined
}
