import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Who signs in to the console, and where they are signed in. */
export const signIn: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('console_account')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('email', 'text', (column) => column.notNull())
      .addColumn('issuer', 'text')
      .addColumn('subject', 'text')
      .addColumn('password_hash', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('signed_in_at', 'bigint')
      .addUniqueConstraint('console_account_identity', ['issuer', 'subject'])
      .execute()
    await createSessions(db)
    await db.schema
      .createTable('console_link')
      .addColumn('name', 'text', (column) => column.primaryKey().notNull())
      .addColumn('secret_hash', 'text', (column) => column.notNull())
      .addColumn('account_id', 'text', (column) => column.references('console_account.id').onDelete('cascade'))
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
    // Whoever is signed in is looked up in all teamspaces at once, with each request.
    await db.schema.createIndex('identity_by_subject').on('identity').columns(['issuer', 'subject']).execute()
  },
}

async function createSessions(db: Kysely<unknown>) {
  await db.schema
    .createTable('console_session')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull().unique())
    .addColumn('account_id', 'text', (column) => column.notNull().references('console_account.id').onDelete('cascade'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('way', 'text', (column) => column.notNull())
    .addColumn('address', 'text')
    .addColumn('agent', 'text')
    .execute()
  await db.schema
    .createIndex('console_session_by_account')
    .on('console_session')
    .columns(['account_id', 'created_at'])
    .execute()
  await db.schema.createIndex('console_session_by_age').on('console_session').column('created_at').execute()
  await db.schema.createIndex('console_session_by_use').on('console_session').column('last_seen_at').execute()
}
