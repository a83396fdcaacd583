import type { TeamspaceLookup } from './teamspace-lookup.ts'
import type { Teamspace } from './teamspace.ts'

/** Owner of the addresses that name no teamspace: the configured one, or the only one there is. */
export function findDefaultTeamspace(
  slug: string | undefined,
  teamspaces: TeamspaceLookup,
): Teamspace | undefined | Promise<Teamspace | undefined> {
  return slug === undefined ? teamspaces.findOnly() : teamspaces.findBySlug(slug)
}
