import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { ConnectionKind, ConnectionRecord } from './connection.ts'
import type { ConnectionTest, LastTest } from './test-connection.ts'

export type TestRun = Omit<LastTest, 'isStale'>

/** The last test of each of a teamspace's connections. Bound to the teamspace when it is made. */
export function connectionTestRepository(db: Kysely<Database>, teamspaceId: string) {
  const owned = db
    .selectFrom('connection_test')
    .innerJoin('connection', 'connection.id', 'connection_test.connection_id')
    .select(['kind', 'at', 'by', 'result', 'tested_version', 'connection.updated_at'])
    .where('teamspace_id', '=', teamspaceId)
  return {
    list: async (): Promise<ReadonlyMap<ConnectionKind, LastTest>> =>
      new Map((await owned.execute()).map((row) => [row.kind as ConnectionKind, fromRow(row)])),

    find: async (kind: ConnectionKind): Promise<LastTest | undefined> => {
      const row = await owned.where('kind', '=', kind).executeTakeFirst()
      return row && fromRow(row)
    },
    /** Of the connection as it was when it was asked about; of one that was removed meanwhile nothing is kept. */
    save: async ({ id, updatedAt }: ConnectionRecord, { at, by, result }: TestRun): Promise<void> => {
      const kept = { tested_version: updatedAt, at, by, outcome: result.outcome, result: JSON.stringify(result) }
      const bigint = (value: number) => sql<number>`cast(${value} as bigint)`
      const text = (value: string) => sql<string>`cast(${value} as text)`
      await db
        .insertInto('connection_test')
        .columns(['connection_id', 'tested_version', 'at', 'by', 'outcome', 'result'])
        .expression(
          db
            .selectFrom('connection')
            .select([
              'id',
              bigint(kept.tested_version).as('tested_version'),
              bigint(at).as('at'),
              text(by).as('by'),
              text(kept.outcome).as('outcome'),
              text(kept.result).as('result'),
            ])
            .where('teamspace_id', '=', teamspaceId)
            .where('id', '=', id),
        )
        .onConflict((conflict) => conflict.column('connection_id').doUpdateSet(kept))
        .execute()
    },
  }
}

interface Row {
  readonly at: number
  readonly by: string
  readonly result: string
  readonly tested_version: number
  readonly updated_at: number
}

const fromRow = ({ at, by, result, tested_version, updated_at }: Row): LastTest => ({
  at,
  by,
  isStale: tested_version !== updated_at,
  result: JSON.parse(result) as ConnectionTest,
})
