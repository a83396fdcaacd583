import { randomUUID } from 'node:crypto'
import { Kysely, PostgresDialect, PostgresDriver, sql, type DatabaseConnection } from 'kysely'
import pg from 'pg'
import { decodeChanges, encodeChanges } from './change-message.ts'
import type { Engine, Log } from './engine.ts'
import { migrate } from './migrate.ts'
import { CHANNEL, listenForChanges, type Listening } from './postgres-listener.ts'
import type { Database } from './schema.ts'
import type { TransactionGuard } from './transaction-guard.ts'

const INT8 = 20

/** int8 as a number: our integers are milliseconds and counts. Only for our own connections, not for every user of pg. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text')) as never,
}

/** Any number of Sallyports on one database. */
export function openPostgres(url: string, guard: TransactionGuard, log: Log): Engine {
  const origin = randomUUID()
  const connection = { connectionString: url, application_name: 'sallyport', connectionTimeoutMillis: 5000, types }
  const bounded = { statement_timeout: 30_000, idle_in_transaction_session_timeout: 30_000 }
  let listening: Listening | undefined
  return {
    name: 'postgres',
    dialect: new GuardedPostgresDialect(openPool({ ...connection, ...bounded, max: 10 }, log), guard),
    migrate: () => migrateUnbounded(openPool({ ...connection, max: 1 }, log)),
    transact: (db, survives, work) =>
      db.transaction().execute(async (tx) => {
        if (survives === 'crash') await sql`set local synchronous_commit = off`.execute(tx)
        return work(tx)
      }),
    async announce(tx, changes) {
      await sql`select pg_notify(${CHANNEL}, ${encodeChanges({ origin, changes })})`.execute(tx)
    },
    async listen(deliver) {
      const hear = (payload: string | undefined) => {
        const message = decodeChanges(payload)
        if (message.origin !== origin) message.changes.forEach(deliver) // our own were delivered at commit
      }
      const missed = () => deliver({ kind: 'everything' })
      listening = await listenForChanges({
        connect: () => new pg.Client({ ...connection, query_timeout: 5000 }),
        hear,
        missed,
        log,
      })
    },
    close: async () => listening?.close(),
  }
}

/** An index on a large table may take longer than any query is allowed to. */
async function migrateUnbounded(pool: pg.Pool): Promise<void> {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  await migrate(db).finally(() => db.destroy())
}

function openPool(config: pg.PoolConfig, log: Log): pg.Pool {
  const pool = new pg.Pool(config)
  // Unheard, the loss of an idle connection would end the process; the pool opens another when it needs one.
  pool.on('error', (error) => log('An idle database connection was lost.', { error: error.message }))
  // The pool does not listen while a connection is in use; the query that was running rejects by itself.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

class GuardedPostgresDialect extends PostgresDialect {
  readonly #pool: pg.Pool
  readonly #guard: TransactionGuard

  constructor(pool: pg.Pool, guard: TransactionGuard) {
    super({ pool })
    this.#pool = pool
    this.#guard = guard
  }

  override createDriver(): PostgresDriver {
    return new GuardedPostgresDriver(this.#pool, this.#guard)
  }
}

class GuardedPostgresDriver extends PostgresDriver {
  readonly #guard: TransactionGuard

  constructor(pool: pg.Pool, guard: TransactionGuard) {
    super({ pool })
    this.#guard = guard
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#guard.assertOutside()
    return super.acquireConnection()
  }
}
