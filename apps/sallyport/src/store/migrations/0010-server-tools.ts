import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What servers were heard to offer. No reference to a server: those are in the configuration. */
export const serverTools: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('server_tool')
      .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
      .addColumn('server', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('class', 'text', (column) => column.notNull())
      .addColumn('title', 'text')
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('server_tool_key', ['teamspace_id', 'server', 'name'])
      .execute()
  },
}
