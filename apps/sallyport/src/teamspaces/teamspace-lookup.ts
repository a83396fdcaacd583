import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import { teamspaceRepository } from './teamspace-repository.ts'
import type { Teamspace } from './teamspace.ts'

type Found<Value> = Value | undefined | Promise<Value | undefined>

export interface TeamspaceLookup {
  findBySlug(slug: string): Found<Teamspace>
  findById(id: string): Found<Teamspace>
  /** All of them, by slug. */
  list(): Promise<readonly Teamspace[]>
}

/** A caller may write anything into a path; what cannot be a slug is not looked up. */
const SLUG_LIKE = /^[a-z0-9-]{1,63}$/

export function createTeamspaceLookup(store: Store, now: () => number = Date.now): TeamspaceLookup {
  const options = { changes: store.changes, kinds: ['teamspace'], teamspaceOf: ({ id }: Teamspace) => id, now } as const
  const bySlug = cachedLookup<Teamspace>(options)
  const byId = cachedLookup<Teamspace>(options)
  const teamspaces = teamspaceRepository(store.db)
  return {
    findBySlug: (slug) => (SLUG_LIKE.test(slug) ? bySlug.get(slug, () => teamspaces.findBySlug(slug)) : undefined),
    findById: (id) => byId.get(id, () => teamspaces.findById(id)),
    list: () => teamspaces.list(),
  }
}
