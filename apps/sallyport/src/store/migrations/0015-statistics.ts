import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * Counted calls. No reference to a teamspace: calls that belong to none are counted, too, and all of them together. In the
 * order of the key one question reads one stretch.
 */
export const statistics: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('call_count')
      .addColumn('teamspace_id', 'text', (column) => column.notNull())
      .addColumn('span', 'integer', (column) => column.notNull())
      .addColumn('dimension', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('server', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('calls', 'bigint', (column) => column.notNull())
      .addColumn('denied', 'bigint', (column) => column.notNull())
      .addColumn('faults', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('call_count_key', ['teamspace_id', 'span', 'dimension', 'at', 'server', 'name'])
      .execute()
    await db.schema
      .createTable('call_count_writer')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('batch', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
  },
}
