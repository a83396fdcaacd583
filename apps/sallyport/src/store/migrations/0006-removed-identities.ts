import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Whoever was removed by hand stays removed, although a connection makes members just in time. */
export const removedIdentities: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('removed_identity')
      .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
      .addColumn('issuer', 'text', (column) => column.notNull())
      .addColumn('subject', 'text', (column) => column.notNull())
      .addColumn('removed_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('removed_identity_key', ['teamspace_id', 'issuer', 'subject'])
      .execute()
  },
}
