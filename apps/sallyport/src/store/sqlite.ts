import { DatabaseSync } from 'node:sqlite'
import type { Engine } from './engine.ts'
import { migrate } from './migrate.ts'
import { canonicalPath, createPrivateFile } from './private-file.ts'
import { NodeSqliteDialect } from './sqlite-dialect.ts'
import { lockDatabase } from './sqlite-lock.ts'
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
      announce: async () => {}, // the lock says that nobody else is there to be told
      listen: async () => {},
      close: async () => lock?.release(),
    }
  } catch (error) {
    lock?.release()
    throw error
  }
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
