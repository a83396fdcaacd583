import type { Dialect, Kysely, Transaction } from 'kysely'
import type { Change } from './change-feed.ts'
import type { Database } from './schema.ts'

/**
 * What a committed transaction survives. `power loss` waits for the disk; `crash` does not, so the last few may be missing
 * after a power loss, each whole or not at all.
 */
export type Survives = 'power loss' | 'crash'

/** What the two engines do differently; everything above this line is the same code for both. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres'
  readonly dialect: Dialect
  migrate(db: Kysely<Database>): Promise<void>
  transact<T>(db: Kysely<Database>, survives: Survives, work: (tx: Transaction<Database>) => Promise<T>): Promise<T>
  /** The last statement of a transaction: tells the other processes, if and when it commits. */
  announce(tx: Transaction<Database>, changes: readonly Change[]): Promise<void>
  /** From here on `deliver` hears what other processes changed. */
  listen(deliver: (change: Change) => void): Promise<void>
  /** After the dialect's own connections were closed. */
  close(): Promise<void>
}

export type Log = (message: string, fields?: object) => void
