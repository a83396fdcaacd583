import type { Store } from '../store/store.ts'

/** A chain as it is recorded; `verify` says whether it is whole. */
export interface ChainView {
  readonly teamspaceId: string
  /** Of a teamspace that still exists. */
  readonly teamspace?: string
  /** Number and hash of the last row: what to note elsewhere, for `audit verify --expect`. */
  readonly head?: { readonly seq: number; readonly hash: string }
  readonly prunedTo: number
}

export interface ChainPageFilter {
  readonly after?: string | undefined
  readonly limit: number
}

/**
 * All chains, by teamspace: those with a head, those with rows alone, and those that should be there since their teamspace is.
 * So a chain that was removed is missed.
 */
export async function listChains(store: Store, { after, limit }: ChainPageFilter): Promise<ChainView[]> {
  const sources = [headIds, teamspaceIds, rowIds]
  const found = await Promise.all(sources.map((source) => source(store, after, limit)))
  const ids = [...new Set(found.flat())].sort().slice(0, limit)
  return Promise.all(ids.map((id) => viewChain(store, id)))
}

export async function viewChain({ db }: Pick<Store, 'db'>, teamspaceId: string): Promise<ChainView> {
  const head = await db.selectFrom('audit_chain').selectAll().where('teamspace_id', '=', teamspaceId).executeTakeFirst()
  const teamspace = await db.selectFrom('teamspace').select('slug').where('id', '=', teamspaceId).executeTakeFirst()
  return {
    teamspaceId,
    ...(teamspace && { teamspace: teamspace.slug }),
    ...(head && { head: { seq: head.seq, hash: head.hash } }),
    prunedTo: head?.first_seq ?? 0,
  }
}

async function headIds({ db }: Store, after: string | undefined, limit: number): Promise<string[]> {
  let query = db.selectFrom('audit_chain').select('teamspace_id as id').orderBy('teamspace_id').limit(limit)
  if (after !== undefined) query = query.where('teamspace_id', '>', after)
  return (await query.execute()).map(({ id }) => id)
}

async function teamspaceIds({ db }: Store, after: string | undefined, limit: number): Promise<string[]> {
  let query = db.selectFrom('teamspace').select('id').orderBy('id').limit(limit)
  if (after !== undefined) query = query.where('id', '>', after)
  return (await query.execute()).map(({ id }) => id)
}

/** One step in the index for each chain: `distinct` would read all rows. */
async function rowIds({ db }: Store, after: string | undefined, limit: number): Promise<string[]> {
  const ids: string[] = []
  for (let last = after; ids.length < limit;) {
    let query = db.selectFrom('audit').select('teamspace_id as id').orderBy('teamspace_id').limit(1)
    if (last !== undefined) query = query.where('teamspace_id', '>', last)
    const next = await query.executeTakeFirst()
    if (!next) break
    ids.push((last = next.id))
  }
  return ids
}
