import { cachedLookup } from '../store/cached-lookup.ts'
import { inTime } from '../store/in-time.ts'
import type { Store } from '../store/store.ts'
import type { Awaitable } from '../store/when-ready.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import { teamspaceRepository } from './teamspace-repository.ts'
import type { Teamspace } from './teamspace.ts'

type Found = Awaitable<Teamspace | undefined>

export interface TeamspaceLookup {
  findBySlug(slug: string): Found
  findById(id: string): Found
  /** The teamspace, when there is exactly one. */
  findOnly(): Found
}

/** A caller may write anything into a path; what cannot be a slug is not looked up. */
const SLUG_LIKE = /^[a-z0-9-]{1,63}$/

export function createTeamspaceLookup(store: Store, now: () => number = Date.now, uses?: CacheUses): TeamspaceLookup {
  const options = {
    changes: store.changes,
    kinds: ['teamspace'],
    teamspaceOf: ({ id }: Teamspace) => id,
    now,
    uses,
  } as const
  const bySlug = cachedLookup<Teamspace>(options)
  const byId = cachedLookup<Teamspace>(options)
  const teamspaces = teamspaceRepository(store.db)
  let only: { found: Found } | undefined
  store.changes.subscribe(({ kind }) => {
    if (kind === 'teamspace' || kind === 'everything') only = undefined
  })
  const loadOnly = async (asked: { found: Found }) => {
    try {
      const [first, ...others] = await inTime(teamspaces.list())
      return (asked.found = others.length === 0 ? first : undefined)
    } catch (error) {
      if (only === asked) only = undefined
      throw error
    }
  }
  const findOnly = (): Found => {
    if (only) return only.found
    const asked: { found: Found } = (only = { found: undefined })
    return (asked.found = loadOnly(asked))
  }
  return {
    findBySlug: (slug) => (SLUG_LIKE.test(slug) ? bySlug.get(slug, () => teamspaces.findBySlug(slug)) : undefined),
    findById: (id) => byId.get(id, () => teamspaces.findById(id)),
    findOnly,
  }
}
