import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** People and groups as identity providers tell of them (RFC 7643), and the secrets by which they do. */
export const scim: Migration = {
  async up(db: Kysely<unknown>) {
    await createTokens(db)
    await createUsers(db)
    await createGroups(db)
    // Whoever is disabled over SCIM stays out like somebody removed by hand, but SCIM may bring them back.
    await db.schema
      .alterTable('removed_identity')
      .addColumn('source', 'text', (column) => column.notNull().defaultTo('manual'))
      .execute()
  },
}

async function createTokens(db: Kysely<unknown>) {
  await db.schema
    .createTable('scim_token')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('prefix', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('connection_kind', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .addColumn('revoked_by', 'text')
    .execute()
  await db.schema
    .createIndex('scim_token_by_teamspace')
    .on('scim_token')
    .columns(['teamspace_id', 'created_at'])
    .execute()
}

async function createUsers(db: Kysely<unknown>) {
  await db.schema
    .createTable('scim_user')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
    .addColumn('user_name_key', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('connection_kind', 'text', (column) => column.notNull())
    .addColumn('identity_id', 'text', (column) => column.references('identity.id').onDelete('set null'))
    .addColumn('member_status', 'text', (column) => column.notNull())
    .addColumn('document', 'text', (column) => column.notNull())
    .addColumn('search', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('modified_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('scim_user_name', ['teamspace_id', 'user_name_key'])
    .addUniqueConstraint('scim_user_external_id', ['teamspace_id', 'external_id'])
    .execute()
  await db.schema
    .createIndex('scim_user_in_order')
    .on('scim_user')
    .columns(['teamspace_id', 'created_at', 'id'])
    .execute()
  await db.schema.createIndex('scim_user_by_identity').on('scim_user').column('identity_id').execute()
}

async function createGroups(db: Kysely<unknown>) {
  await db.schema
    .createTable('scim_group')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
    .addColumn('display_name_key', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text')
    .addColumn('document', 'text', (column) => column.notNull())
    .addColumn('search', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('modified_at', 'bigint', (column) => column.notNull())
    .addUniqueConstraint('scim_group_name', ['teamspace_id', 'display_name_key'])
    .addUniqueConstraint('scim_group_external_id', ['teamspace_id', 'external_id'])
    .execute()
  await db.schema
    .createIndex('scim_group_in_order')
    .on('scim_group')
    .columns(['teamspace_id', 'created_at', 'id'])
    .execute()
  await db.schema
    .createTable('scim_group_member')
    .addColumn('group_id', 'text', (column) => column.notNull().references('scim_group.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (column) => column.notNull().references('scim_user.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('scim_group_member_key', ['group_id', 'user_id'])
    .execute()
  await db.schema.createIndex('scim_group_member_by_user').on('scim_group_member').column('user_id').execute()
}
