import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

interface Before {
  connection: Record<string, unknown>
  connection_audience: { audience: string; connection_id: string; use: string }
}

/**
 * A teamspace may have one connection of each kind, and an audience belongs to its issuer: two OIDC issuers may use the same
 * word. SQLite changes no constraint of a table, so both are made anew; they are small.
 */
export const connectionKinds: Migration = {
  async up(db: Kysely<unknown>) {
    const before = db as Kysely<Before>
    const connections = await before.selectFrom('connection').selectAll().execute()
    const audiences = await before.selectFrom('connection_audience').selectAll().execute()
    await db.schema.dropTable('connection_audience').execute()
    await db.schema.dropTable('connection').execute()
    await createConnections(db)
    const after = db as Kysely<Before & { connection_audience: { issuer: string } }>
    for (const connection of connections) await after.insertInto('connection').values(connection).execute()
    // Entra's audiences are unique by themselves.
    for (const claim of audiences) {
      await after
        .insertInto('connection_audience')
        .values({ ...claim, issuer: '' })
        .execute()
    }
  },
}

async function createConnections(db: Kysely<unknown>) {
  await db.schema
    .createTable('connection')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('cloud', 'text')
    .addColumn('tenant_id', 'text')
    .addColumn('audience', 'text', (column) => column.notNull())
    .addColumn('required_scope', 'text')
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('sealed_credential', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('connection_of_teamspace', ['teamspace_id', 'kind'])
    .addCheckConstraint('connection_entra', sql`kind <> 'entra' or (cloud is not null and tenant_id is not null)`)
    .execute()
  await db.schema
    .createTable('connection_audience')
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('audience', 'text', (column) => column.notNull())
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connection.id').onDelete('cascade'))
    .addColumn('use', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('connection_audience_key', ['issuer', 'audience'])
    .execute()
  await db.schema
    .createIndex('connection_audience_by_connection')
    .on('connection_audience')
    .column('connection_id')
    .execute()
}
