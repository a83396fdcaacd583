import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Opaque tokens of teamspaces, by their hash. No foreign key to the holder: the row outlives the member. */
export const mcpTokens: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('mcp_token')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
      .addColumn('token_hash', 'text', (column) => column.notNull().unique())
      .addColumn('prefix', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('holder_member_id', 'text')
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('last_used_at', 'bigint')
      .addColumn('revoked_at', 'bigint')
      .addColumn('revoked_by', 'text')
      .addColumn('replaces', 'text')
      .addColumn('replaced_by', 'text')
      .addColumn('grace_until', 'bigint')
      .execute()
    await db.schema
      .createIndex('mcp_token_by_teamspace')
      .on('mcp_token')
      .columns(['teamspace_id', 'created_at', 'id'])
      .execute()
  },
}
