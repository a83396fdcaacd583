import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import type { Engine } from './engine.ts'
import { migrate } from './migrate.ts'
import { canonicalPath, createPrivateFile } from './private-file.ts'
import { NodeSqliteDialect } from './sqlite-dialect.ts'
import { lockDatabase } from './sqlite-lock.ts'
import type { Database } from './schema.ts'
import type { TransactionGuard } from './transaction-guard.ts'

const IN_MEMORY = ':memory:'

/** The embedded engine: one file, one process. Throws `DatabaseLocked` when another process has it. */
export async function openSqlite(path: string, guard: TransactionGuard): Promise<Engine> {
  const file = path === IN_MEMORY ? path : canonicalPath(path)
  const lock = file === IN_MEMORY ? undefined : await lockDatabase(file)
  try {
    const dialect = new NodeSqliteDialect(openFile(file), guard)
    return {
      name: 'sqlite',
      dialect,
      migrate: (db) => migrate(db),
      transact: (db, survives, work) => (survives === 'crash' ? withoutSync(db, work) : db.transaction().execute(work)),
      announce: async () => {}, // the lock says that nobody else is there to be told
      listen: async () => {},
      close: async () => lock?.release(),
    }
  } catch (error) {
    lock?.release()
    throw error
  }
}

/** A setting of the connection, which nobody else gets meanwhile. */
function withoutSync<T>(db: Kysely<Database>, work: (tx: Transaction<Database>) => Promise<T>): Promise<T> {
  return db.connection().execute(async (connection) => {
    await sql`pragma synchronous = normal`.execute(connection)
    try {
      return await connection.transaction().execute(work)
    } finally {
      await sql`pragma synchronous = full`.execute(connection)
    }
  })
}

function openFile(file: string): DatabaseSync {
  if (file !== IN_MEMORY) createPrivateFile(file) // SQLite gives `-wal` and `-shm` the mode of the database
  const database = new DatabaseSync(file, { timeout: 5000, enableForeignKeyConstraints: true })
  try {
    database.exec('pragma journal_mode = wal')
    database.exec('pragma synchronous = full') // each commit reaches the disk: an acknowledged change survives power loss
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
