import { Kysely, type Transaction } from 'kysely'
import type { Change, ChangeFeed } from './change-feed.ts'
import { ChangeSet } from './change-set.ts'
import { parseDatabaseUrl } from './database-url.ts'
import type { Engine, Log, Survives } from './engine.ts'
import { createLocalChangeFeed, type LocalChangeFeed } from './local-change-feed.ts'
import { openPostgres } from './postgres.ts'
import type { Database } from './schema.ts'
import { createSealer, type Sealer } from './sealer.ts'
import { checkSealingKey } from './sealing-key-check.ts'
import { openSqlite } from './sqlite.ts'
import { TransactionGuard } from './transaction-guard.ts'

export interface Store {
  readonly engine: 'sqlite' | 'postgres'
  readonly db: Kysely<Database>
  readonly changes: ChangeFeed
  readonly sealer: Sealer
  /** All of `work` or nothing of it. Keep it short: on SQLite nobody else gets the database meanwhile. */
  transaction<T>(work: (tx: StoreTransaction) => Promise<T>, survives?: Survives): Promise<T>
  close(): Promise<void>
}

export interface StoreTransaction {
  readonly db: Transaction<Database>
  /** Listeners here and in other processes hear of it after the commit, and never if it is rolled back. */
  changed(change: Change): void
}

export interface StoreOptions {
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…` */
  readonly url: string
  /** 32 bytes. Every start must bring the same; otherwise `SealingKeyMismatch`. */
  readonly sealingKey: Uint8Array
  readonly log?: Log
}

/** Opens, locks (SQLite: `DatabaseLocked` when another process has it) and migrates the database. */
export async function openStore({ url, sealingKey, log = () => {} }: StoreOptions): Promise<Store> {
  const sealer = createSealer(sealingKey)
  const guard = new TransactionGuard()
  const engine = await openEngine(url, guard, log)
  const db = new Kysely<Database>({ dialect: engine.dialect })
  const feed = createLocalChangeFeed(log)
  const closeOnce = once(() => db.destroy().finally(() => engine.close()))
  const close = async () => {
    guard.assertOutside() // it would wait for the transaction that waits for it
    await closeOnce()
  }
  try {
    await engine.migrate(db)
    await checkSealingKey(db, sealer)
    await engine.listen(feed.deliver)
  } catch (error) {
    await close()
    throw error
  }
  return { engine: engine.name, db, changes: feed, sealer, transaction: transactions(db, guard, engine, feed), close }
}

async function openEngine(url: string, guard: TransactionGuard, log: Log): Promise<Engine> {
  const location = parseDatabaseUrl(url)
  return location.engine === 'sqlite' ? openSqlite(location.path, guard) : openPostgres(location.url, guard, log)
}

function transactions(db: Kysely<Database>, guard: TransactionGuard, engine: Engine, feed: LocalChangeFeed) {
  return async <T>(work: (tx: StoreTransaction) => Promise<T>, survives: Survives = 'power loss'): Promise<T> => {
    const changes = new ChangeSet()
    let committing: Change[] = []
    const run = (trx: Transaction<Database>) =>
      guard.run(async (onlyWhileOpen) => {
        const result = await work({ db: trx.withPlugin(onlyWhileOpen), changed: (change) => changes.add(change) })
        const distinct = changes.toArray()
        if (distinct.length > 0) await engine.announce(trx, distinct)
        committing = distinct
        return result
      })
    try {
      const result = await engine.transact(db, survives, run)
      committing.forEach(feed.deliver)
      return result
    } catch (error) {
      // A commit whose answer was lost may have happened all the same.
      if (committing.length > 0) feed.deliver({ kind: 'everything' })
      throw error
    }
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= work())
}
