import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * The audit trail becomes a hash chain for each teamspace. The hashes need the sealing key, which migrations do not have,
 * and a trail may be long: its rows wait in a table of their own until the next start has taken them in, batch by batch.
 */
export const auditChain: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.dropIndex('audit_by_teamspace').execute()
    await sql`alter table audit rename to audit_unchained`.execute(db)
    await db.schema
      .createTable('audit')
      .addColumn('teamspace_id', 'text', (column) => column.notNull())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('audit_place', ['teamspace_id', 'seq'])
      .addUniqueConstraint('audit_id', ['id'])
      .execute()
    await db.schema
      .createTable('audit_chain')
      .addColumn('teamspace_id', 'text', (column) => column.primaryKey())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('first_seq', 'bigint', (column) => column.notNull())
      .addColumn('first_hash', 'text', (column) => column.notNull())
      .addColumn('seal', 'text', (column) => column.notNull())
      .execute()
  },
}
