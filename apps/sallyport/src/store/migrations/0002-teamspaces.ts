import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Teamspaces, their connection, their people, and the audit trail. */
export const teamspaces: Migration = {
  async up(db: Kysely<unknown>) {
    await createTeamspaces(db)
    await createMembers(db)
    await createConnections(db)
    await createAudit(db)
  },
}

async function createTeamspaces(db: Kysely<unknown>) {
  await db.schema
    .createTable('teamspace')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('slug', 'text', (column) => column.notNull().unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
}

async function createMembers(db: Kysely<unknown>) {
  await db.schema
    .createTable('user')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('email', 'text', (column) => column.notNull().unique())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('member')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.notNull().references('user.id'))
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('member_user', ['teamspace_id', 'user_id'])
    .execute()
  await db.schema.createIndex('member_by_user').on('member').column('user_id').execute()
  await db.schema
    .createTable('identity')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('member_id', 'text', (column) => column.notNull().references('member.id').onDelete('cascade'))
    .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
    .addColumn('issuer', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('identity_subject', ['teamspace_id', 'issuer', 'subject'])
    .execute()
  await db.schema.createIndex('identity_by_member').on('identity').column('member_id').execute()
  await db.schema
    .createTable('identity_source')
    .addColumn('identity_id', 'text', (column) => column.notNull().references('identity.id').onDelete('cascade'))
    .addColumn('source', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('identity_source_key', ['identity_id', 'source'])
    .execute()
}

async function createConnections(db: Kysely<unknown>) {
  await db.schema
    .createTable('connection')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('teamspace_id', 'text', (column) =>
      column.notNull().unique().references('teamspace.id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('cloud', 'text', (column) => column.notNull())
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('audience', 'text', (column) => column.notNull())
    .addColumn('required_scope', 'text')
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('sealed_credential', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('connection_audience')
    .addColumn('audience', 'text', (column) => column.primaryKey())
    .addColumn('connection_id', 'text', (column) => column.notNull().references('connection.id').onDelete('cascade'))
    .addColumn('use', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createIndex('connection_audience_by_connection')
    .on('connection_audience')
    .column('connection_id')
    .execute()
}

async function createAudit(db: Kysely<unknown>) {
  await db.schema
    .createTable('audit')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('teamspace_id', 'text')
    .addColumn('event', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('audit_by_teamspace').on('audit').columns(['teamspace_id', 'id']).execute()
}
