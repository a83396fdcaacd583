import type { DatabaseSync } from 'node:sqlite'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely'
import type { TransactionGuard } from './transaction-guard.ts'

const MAX_STATEMENTS = 500

/** Kysely over node:sqlite: one connection, taken in turns. */
export class NodeSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase
  readonly #guard: TransactionGuard

  constructor(database: DatabaseSync, guard: TransactionGuard) {
    const cached = withStatementCache(database)
    super({ database: cached })
    this.#database = cached
    this.#guard = guard
  }

  override createDriver(): SqliteDriver {
    return new NodeSqliteDriver(this.#database, this.#guard)
  }

  override createAdapter(): SqliteAdapter {
    return new NodeSqliteAdapter()
  }
}

class NodeSqliteAdapter extends SqliteAdapter {
  /** False would make Kysely queue before the guard can speak. The driver keeps the queue instead. */
  override get supportsMultipleConnections(): boolean {
    return true
  }

  /** SQLite can roll back DDL, so a crash cannot leave half a migration. */
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class NodeSqliteDriver extends SqliteDriver {
  readonly #guard: TransactionGuard
  #lastTurn: Promise<void> = Promise.resolve()
  #endTurn: () => void = () => {}

  constructor(database: SqliteDatabase, guard: TransactionGuard) {
    super({ database })
    this.#guard = guard
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#guard.assertOutside()
    await this.#takeTurn()
    return super.acquireConnection()
  }

  override async releaseConnection(): Promise<void> {
    this.#endTurn()
  }

  /** The write lock at once: one taken later, by the first write, can fail on a snapshot that has become old. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** Closes when those who wait have had their turn. */
  override async destroy(): Promise<void> {
    await this.#takeTurn()
    await super.destroy()
  }

  async #takeTurn(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const before = this.#lastTurn
    this.#lastTurn = promise
    await before
    this.#endTurn = resolve
  }
}

/** Kysely prepares every query anew; statements made at that rate are freed too slowly. */
function withStatementCache(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = statements.get(sql)
      if (known) return known
      if (statements.size >= MAX_STATEMENTS) statements.clear()
      const statement = prepare(database, sql)
      statements.set(sql, statement)
      return statement
    },
  }
}

type Bindable = Parameters<ReturnType<DatabaseSync['prepare']>['all']>

function prepare(database: DatabaseSync, sql: string): SqliteStatement {
  const statement = database.prepare(sql)
  return {
    reader: statement.columns().length > 0,
    // node:sqlite's rows have no prototype; pg's are plain objects, and callers should not see the difference.
    all: (parameters) => statement.all(...(parameters as Bindable)).map((row) => ({ ...row })),
    run: (parameters) => statement.run(...(parameters as Bindable)),
    // Not the cached one: another query with the same text would rewind it.
    iterate: (parameters) => database.prepare(sql).iterate(...(parameters as Bindable)),
  }
}
