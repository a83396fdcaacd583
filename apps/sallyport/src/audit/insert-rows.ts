import { setImmediate } from 'node:timers/promises'
import { CompiledQuery } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { AuditChainRow, AuditRow } from './audit.table.ts'

/**
 * Rows in one insert: few sizes, so that few statements are prepared, and none so large that calls wait for it long
 * (SQLite works on the event loop). This is the hottest query of all.
 */
const INSERT_SIZES = [64, 8, 1]

/** Rows are made of what is given one insert at a time, in their order: that work has its turns with calls, too. */
type InsertAll<Row> = <Given>(
  tx: Transaction<Database>,
  given: readonly Given[],
  toRow: (given: Given) => Row,
) => Promise<void>

/** Writes rows with statements that were compiled once, here. */
function batchInserter<Row>(toSql: (rows: number) => string, toParameters: (row: Row) => unknown[]): InsertAll<Row> {
  const statements = INSERT_SIZES.map((size) => ({ size, sql: toSql(size) }))
  return async (tx, given, toRow) => {
    let start = 0
    for (const { size, sql } of statements) {
      for (; given.length - start >= size; start += size) {
        if (start > 0 && size > 1) await setImmediate()
        const parameters = given.slice(start, start + size).flatMap((each) => toParameters(toRow(each)))
        await tx.executeQuery(CompiledQuery.raw(sql, parameters))
      }
    }
  }
}

const NO_ROW = { teamspace_id: '', seq: 0, id: '', kind: 'call', at: 0, event: '', hash: '' } as const
const NO_HEAD = { teamspace_id: '', seq: 0, hash: '', first_seq: 0, first_hash: '', seal: '' } as const

const repeated = <Row>(row: Row, times: number): Row[] => Array.from({ length: times }, () => row)

export const rowInserter = (db: Kysely<Database>): InsertAll<AuditRow> =>
  batchInserter(
    (size) => db.insertInto('audit').values(repeated(NO_ROW, size)).compile().sql,
    (row) => [row.teamspace_id, row.seq, row.id, row.kind, row.at, row.event, row.hash],
  )

export const headWriter = (db: Kysely<Database>): InsertAll<AuditChainRow> =>
  batchInserter(
    (size) =>
      db
        .insertInto('audit_chain')
        .values(repeated(NO_HEAD, size))
        .onConflict((conflict) =>
          conflict.column('teamspace_id').doUpdateSet((row) => ({
            seq: row.ref('excluded.seq'),
            hash: row.ref('excluded.hash'),
            first_seq: row.ref('excluded.first_seq'),
            first_hash: row.ref('excluded.first_hash'),
            seal: row.ref('excluded.seal'),
          })),
        )
        .compile().sql,
    (head) => [head.teamspace_id, head.seq, head.hash, head.first_seq, head.first_hash, head.seal],
  )

/** Makes the heads that are not there yet; empty, and nobody sees them before the commit fills them. */
export async function insertEmptyHeads(tx: Transaction<Database>, teamspaceIds: readonly string[]): Promise<void> {
  await tx
    .insertInto('audit_chain')
    .values(teamspaceIds.map((teamspace_id) => ({ ...NO_HEAD, teamspace_id })))
    .onConflict((conflict) => conflict.column('teamspace_id').doNothing())
    .execute()
}
