import { sql, type Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { migrations } from './migrations/index.ts'

/** The database was migrated by a newer Sallyport than this one. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew'
}

/**
 * Brings the schema up to date. All pending migrations are one transaction on both engines, so a crash leaves either
 * the old schema or the new one; replicas that start together wait for each other (Postgres advisory lock).
 */
export async function migrate<T>(
  db: Kysely<T>,
  known: Readonly<Record<string, Migration>> = migrations,
): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...known }) } })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return

  const stranger = (await appliedMigrations(db).catch(() => [])).find((name) => !Object.hasOwn(known, name))
  if (stranger === undefined) throw error
  throw new DatabaseTooNew(
    `The database has the migration ${stranger}, which this version of Sallyport does not know. Run the newer version.`,
  )
}

async function appliedMigrations<T>(db: Kysely<T>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db)
  return rows.map(({ name }) => name)
}
