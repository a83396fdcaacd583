import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What the last test of each connection showed. It goes with the connection. */
export const connectionTest: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('connection_test')
      .addColumn('connection_id', 'text', (column) =>
        column.primaryKey().notNull().references('connection.id').onDelete('cascade'),
      )
      .addColumn('tested_version', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('by', 'text', (column) => column.notNull())
      .addColumn('outcome', 'text', (column) => column.notNull())
      .addColumn('result', 'text', (column) => column.notNull())
      .execute()
  },
}
