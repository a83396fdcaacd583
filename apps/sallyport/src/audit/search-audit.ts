import { setImmediate } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import { toEntry } from './audit-row.ts'
import type { AuditEntry } from './audit-row.ts'
import { isIndexedBy, isSoughtIn } from './audit-search.ts'
import type { AuditSearch } from './audit-search.ts'
import { trailOf } from './audit-trail.ts'
import type { Direction, Place, PlacedRow, Position, Trail } from './audit-trail.ts'

export interface AuditQuery extends AuditSearch {
  /** Only this teamspace; all when absent. */
  readonly teamspaceId?: string | undefined
  readonly limit: number
  /** Rows to look at, at most (20,000 unless given). */
  readonly most?: number
  /** Only rows older than the one with this id. */
  readonly before?: string | undefined
  /** Only rows newer than the one with this id; what is answered is then the oldest of them. */
  readonly after?: string | undefined
}

export interface AuditPage {
  /** Newest first. Within a teamspace that is the order of the chain. May be empty though there is more. */
  readonly events: readonly AuditEntry[]
  /** What to give as `before` to go on; absent when nothing is left to look at. */
  readonly older?: string
  /** What to give as `after` to hear of what comes; absent while there is nothing at all. */
  readonly newer?: string
  /** Whether there was more to look at behind `newer`. */
  readonly more?: boolean
}

/** Rows looked at by one query: on SQLite calls wait for it. */
const STRETCH = 2_000
/** Rows looked at by one request, where the database leaves out the others; and where each has to be read here. */
const MOST = 20_000
const MOST_READ = 4_000
/** Rows that one query answers at least, if there are so many. */
const MIN_BATCH = 200

/**
 * Looks through the trail for what is asked for, from one end or from where the page before ended. However long the trail,
 * a request looks at so many rows at most and then says where to go on.
 */
export async function searchAudit(store: Pick<Store, 'db' | 'engine'>, query: AuditQuery): Promise<AuditPage> {
  const trail = trailOf(store, query.teamspaceId)
  const cursor = query.after ?? query.before
  const place = cursor === undefined ? undefined : await trail.placeOf(cursor)
  if (cursor !== undefined && place === undefined) return { events: [] } // pruned, or never there
  return query.after === undefined ? searchOlder(trail, query, place) : searchNewer(trail, query, place)
}

async function searchOlder(trail: Trail, query: AuditQuery, before: Place | undefined): Promise<AuditPage> {
  const end = query.until === undefined ? undefined : await trail.endOf(query.until)
  const start = query.from === undefined ? undefined : await trail.startOf(query.from)
  // Read first: what comes meanwhile is answered twice rather than not at all.
  const newest = before === undefined ? await trail.reach('older', undefined, 1) : undefined
  const from = before === undefined || (end !== undefined && end < before) ? end : before
  const { found, reached } = await search(trail, { query, direction: 'older', from })
  const isOver = reached === undefined || (start !== undefined && reached.place < start)
  return {
    events: found.map(toEntry),
    ...(!isOver && { older: reached.id }),
    ...(newest && { newer: newest.id }),
  }
}

async function searchNewer(trail: Trail, query: AuditQuery, after: Place | undefined): Promise<AuditPage> {
  const { found, reached, last } = await search(trail, { query, direction: 'newer', from: after })
  return { events: found.map(toEntry).reverse(), newer: last?.id ?? query.after!, more: reached !== undefined }
}

interface Search {
  readonly query: AuditQuery
  readonly direction: Direction
  readonly from: Place | undefined
}

interface Found {
  readonly found: readonly PlacedRow[]
  /** The last row that was looked at. */
  readonly last: Position | undefined
  /** The same, unless the end was reached. */
  readonly reached: Position | undefined
}

async function search(trail: Trail, { query, direction, from }: Search): Promise<Found> {
  const isSought = isSoughtIn(query)
  const found: PlacedRow[] = []
  let last: Position | undefined
  for (let most = Math.min(query.most ?? MOST, isIndexedBy(query) ? MOST : MOST_READ); most > 0;) {
    const size = Math.min(STRETCH, most)
    const end = await trail.reach(direction, last?.place ?? from, size)
    if (!end) return { found, last, reached: undefined }
    const batch = Math.max(query.limit - found.length, MIN_BATCH)
    const rows = await trail.read(direction, { from: last?.place ?? from, to: end.place }, query, batch)
    for (const row of rows) {
      if (!isSought(toEntry(row), row.event)) continue
      found.push(row)
      if (found.length === query.limit) return { found, last: row, reached: row }
    }
    const isWhole = rows.length < batch
    last = isWhole ? end : rows.at(-1)!
    most -= isWhole ? size : batch
    await setImmediate() // calls come first
  }
  return { found, last, reached: last }
}
