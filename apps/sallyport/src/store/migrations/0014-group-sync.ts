import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** People from a group of Microsoft Entra, and the keys by which Sallyport proves itself there. */
export const groupSync: Migration = {
  async up(db: Kysely<unknown>) {
    await giveKeysPurposes(db)
    await createSettings(db)
    await createRuns(db)
    await createHeld(db)
  },
}

/** Generations count for each purpose on its own. SQLite changes no primary key in place, so the table is made anew. */
async function giveKeysPurposes(db: Kysely<unknown>) {
  await db.schema
    .createTable('signing_key_by_purpose')
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('kid', 'text', (column) => column.notNull().unique())
    .addColumn('sealed_private_key', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('retires_at', 'bigint')
    .addPrimaryKeyConstraint('signing_key_by_purpose_key', ['purpose', 'generation'])
    .execute()
  await sql`insert into signing_key_by_purpose
    select 'identity', generation, kid, sealed_private_key, created_at, retires_at from signing_key`.execute(db)
  await db.schema.dropTable('signing_key').execute()
  await db.schema.alterTable('signing_key_by_purpose').renameTo('signing_key').execute()
}

async function createSettings(db: Kysely<unknown>) {
  await db.schema
    .createTable('group_sync')
    .addColumn('teamspace_id', 'text', (column) =>
      column.primaryKey().notNull().references('teamspace.id').onDelete('cascade'),
    )
    .addColumn('client_id', 'text', (column) => column.notNull())
    .addColumn('group_id', 'text', (column) => column.notNull())
    .addColumn('members', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('revokes', 'integer', (column) => column.notNull())
    .addColumn('on_schedule', 'integer', (column) => column.notNull())
    .addColumn('skips_disabled', 'integer', (column) => column.notNull())
    .addColumn('max_removal_percent', 'integer', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('next_run_at', 'bigint')
    .addColumn('lease_run', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('held_set', 'text')
    .execute()
  await db.schema.createIndex('group_sync_due').on('group_sync').column('next_run_at').execute()
}

async function createRuns(db: Kysely<unknown>) {
  await db.schema
    .createTable('group_sync_run')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
    .addColumn('cause', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('members', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('added', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('revoked', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('kept', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('skipped', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('held', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('failure', 'text')
    .addColumn('says', 'text')
    .addColumn('held_set', 'text')
    .execute()
  await db.schema
    .createIndex('group_sync_run_in_order')
    .on('group_sync_run')
    .columns(['teamspace_id', 'started_at'])
    .execute()
}

/** Whom a run that waits for confirmation would take out: it is they, not their number, that is confirmed. */
async function createHeld(db: Kysely<unknown>) {
  await db.schema
    .createTable('group_sync_held')
    .addColumn('teamspace_id', 'text', (column) => column.notNull().references('teamspace.id').onDelete('cascade'))
    .addColumn('held_set', 'text', (column) => column.notNull())
    .addColumn('identity_id', 'text', (column) => column.notNull().references('identity.id').onDelete('cascade'))
    .addPrimaryKeyConstraint('group_sync_held_key', ['held_set', 'identity_id'])
    .execute()
  await db.schema.createIndex('group_sync_held_by_identity').on('group_sync_held').column('identity_id').execute()
  await db.schema.createIndex('group_sync_held_by_teamspace').on('group_sync_held').column('teamspace_id').execute()
}
