import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { needlesOf } from './audit-search.ts'
import type { AuditSearch, Needle } from './audit-search.ts'
import type { AuditRow } from './audit.table.ts'

/** Where a row stands: its number in its chain, or its id among all rows. */
export type Place = number | string
export type Direction = 'older' | 'newer'

export interface Position {
  readonly place: Place
  readonly id: string
}

export interface Stretch {
  /** The row before the first one; undefined at an end of the trail. */
  readonly from: Place | undefined
  /** The last one. */
  readonly to: Place
}

export type PlacedRow = Position & Omit<AuditRow, 'hash'>

/** Rows in their order, those of one chain or all, found by the index of that order alone. */
export interface Trail {
  placeOf(id: string): Promise<Place | undefined>
  /** No row before this place is about this time or a later one. */
  startOf(time: number): Promise<Place | undefined>
  /** No row at this place or behind it is about an earlier time. */
  endOf(time: number): Promise<Place | undefined>
  /** The last of the next `rows` rows, or of fewer at the end; undefined when there is none. */
  reach(direction: Direction, from: Place | undefined, rows: number): Promise<Position | undefined>
  /** Those that may be what is looked for, as they come. */
  read(direction: Direction, stretch: Stretch, search: AuditSearch, limit: number): Promise<PlacedRow[]>
}

/**
 * Calls take their place in a chain when they end, and say when they began. Who waits longer for an answer is missed at the
 * edge of a time that is looked for.
 */
const LONGEST_CALL_MS = 15 * 60_000

export function trailOf({ db, engine }: Pick<Store, 'db' | 'engine'>, teamspaceId: string | undefined): Trail {
  const column = teamspaceId === undefined ? 'id' : 'seq'
  const all = db.selectFrom('audit')
  const rows = teamspaceId === undefined ? all : all.where('teamspace_id', '=', teamspaceId)
  const beyond = (direction: Direction, from: Place | undefined) =>
    from === undefined ? rows : rows.where(column, direction === 'older' ? '<' : '>', from as never)
  const orderOf = (direction: Direction) => (direction === 'older' ? 'desc' : 'asc')
  const at = (time: number) =>
    teamspaceId === undefined ? Promise.resolve(firstIdAt(time)) : findSeqAt(db, teamspaceId, time)
  const slackMs = teamspaceId === undefined ? 0 : LONGEST_CALL_MS // ids are by the beginning of calls

  return {
    async placeOf(id) {
      const row = await rows.select(`${column} as place`).where('id', '=', id).executeTakeFirst()
      return row?.place
    },
    startOf: (time) => at(time - slackMs),
    endOf: (time) => at(time + slackMs),
    async reach(direction, from, count) {
      const places = beyond(direction, from)
        .select([`${column} as place`, 'id'])
        .limit(1)
      const last = places.orderBy(column, orderOf(direction)).offset(count - 1)
      const end = places.orderBy(column, direction === 'older' ? 'asc' : 'desc')
      return (await last.executeTakeFirst()) ?? (await end.executeTakeFirst())
    },
    async read(direction, { from, to }, search, limit) {
      let query = beyond(direction, from).where(column, direction === 'older' ? '>=' : '<=', to as never)
      if (search.kind !== undefined) query = query.where('kind', '=', search.kind)
      if (search.from !== undefined) query = query.where('at', '>=', search.from)
      if (search.until !== undefined) query = query.where('at', '<', search.until)
      for (const needle of needlesOf(search)) query = query.where(has(engine, needle))
      const found = await query
        .select(['teamspace_id', 'seq', 'id', 'kind', 'at', 'event'])
        .orderBy(column, orderOf(direction))
        .limit(limit)
        .execute()
      return found.map((row) => ({ ...row, place: row[column] }))
    },
  }
}

function has(engine: Store['engine'], { text, anyCase }: Needle) {
  if (engine === 'sqlite') return sql<boolean>`instr(${anyCase ? sql`lower(event)` : sql`event`}, ${text}) > 0`
  return sql<boolean>`strpos(${anyCase ? sql`lower(event collate "C")` : sql`event`}, ${text}) > 0`
}

/** The smallest id that a row of this time can have (RFC 9562 §5.7). */
function firstIdAt(time: number): string {
  const hex = Math.max(0, time).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** A row of this time or a later one, behind one of an earlier time: by halves, for a chain is in the order of time, nearly. */
async function findSeqAt(db: Kysely<Database>, teamspaceId: string, time: number): Promise<number | undefined> {
  const chain = db.selectFrom('audit').where('teamspace_id', '=', teamspaceId)
  const { first, last } = await chain
    .select((row) => [row.fn.min<number | null>('seq').as('first'), row.fn.max<number | null>('seq').as('last')])
    .executeTakeFirstOrThrow()
  if (first === null || last === null) return undefined
  let [low, high] = [first, last + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const row = await chain.select('at').where('seq', '=', middle).executeTakeFirst()
    if (row === undefined || row.at < time)
      low = middle + 1 // pruned meanwhile
    else high = middle
  }
  return low
}
