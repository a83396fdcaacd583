import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Keys that Sallyport itself signs with. */
export const signingKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('signing_key')
      .addColumn('generation', 'integer', (column) => column.primaryKey().notNull())
      .addColumn('kid', 'text', (column) => column.notNull().unique())
      .addColumn('sealed_private_key', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('retires_at', 'bigint')
      .execute()
  },
}
