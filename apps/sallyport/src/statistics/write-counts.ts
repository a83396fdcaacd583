import { CompiledQuery } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { CallCountRow } from './call-count.table.ts'

/** Rows in one statement: two sizes, so that few statements are prepared, and short ones, since SQLite works on the event loop. */
const SIZES = [50, 1]

const NO_ROW: CallCountRow = {
  teamspace_id: '',
  span: 0,
  dimension: 'outcome',
  at: 0,
  server: '',
  name: '',
  calls: 0,
  denied: 0,
  faults: 0,
}

const toParameters = (row: CallCountRow): unknown[] => [
  row.teamspace_id,
  row.span,
  row.dimension,
  row.at,
  row.server,
  row.name,
  row.calls,
  row.denied,
  row.faults,
]

export interface CountBatch {
  readonly writer: string
  /** Rises with each batch of a writer. */
  readonly batch: number
  readonly rows: readonly CallCountRow[]
}

/** Adds rows to what is there. A batch may be given again when nobody knows whether it was written: it counts once. */
export type WriteCounts = (batch: CountBatch, at: number) => Promise<void>

export function countWriter(store: Store): WriteCounts {
  const statements = SIZES.map((size) => ({ size, sql: upsertOf(store.db, size) }))
  const add = async (tx: Transaction<Database>, rows: readonly CallCountRow[]) => {
    let start = 0
    for (const { size, sql } of statements)
      for (; rows.length - start >= size; start += size)
        await tx.executeQuery(CompiledQuery.raw(sql, rows.slice(start, start + size).flatMap(toParameters)))
  }
  // Nobody is told that a call was counted, so nobody waits for the disk.
  return ({ writer, batch, rows }, at) =>
    store.transaction(async ({ db }) => {
      if (await isNew(db, { id: writer, batch, at })) await add(db, rows)
    }, 'crash')
}

async function isNew(tx: Transaction<Database>, writer: { id: string; batch: number; at: number }): Promise<boolean> {
  const written = await tx
    .insertInto('call_count_writer')
    .values(writer)
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((row) => ({ batch: row.ref('excluded.batch'), at: row.ref('excluded.at') }))
        .whereRef('call_count_writer.batch', '<', 'excluded.batch'),
    )
    .returning('id')
    .executeTakeFirst()
  return written !== undefined
}

const upsertOf = (db: Kysely<Database>, size: number): string =>
  db
    .insertInto('call_count')
    .values(Array.from({ length: size }, () => NO_ROW))
    .onConflict((conflict) =>
      conflict.columns(['teamspace_id', 'span', 'dimension', 'at', 'server', 'name']).doUpdateSet((row) => ({
        calls: row('call_count.calls', '+', row.ref('excluded.calls')),
        denied: row('call_count.denied', '+', row.ref('excluded.denied')),
        faults: row('call_count.faults', '+', row.ref('excluded.faults')),
      })),
    )
    .compile().sql
