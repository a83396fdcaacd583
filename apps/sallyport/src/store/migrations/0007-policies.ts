import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What teamspaces decide about their callers: one document each. */
export const policies: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('policy')
      .addColumn('teamspace_id', 'text', (column) =>
        column.primaryKey().notNull().references('teamspace.id').onDelete('cascade'),
      )
      .addColumn('document', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_by', 'text', (column) => column.notNull())
      .execute()
  },
}
