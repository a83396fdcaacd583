import { hash } from 'node:crypto'
import { CompiledQuery } from 'kysely'
import type { Kysely } from 'kysely'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import type { Database } from '../store/schema.ts'
import type { TakePoints } from './leased-counter.ts'

const CLEAR_EVERY_MS = 5 * 60_000

/** Points in the database, for Postgres alone: of SQLite there is only ever one process. */
export function createSharedPoints(db: Kysely<Database>): TakePoints {
  const limiter = new RateLimiterPostgres({
    storeClient: { query: ({ text, values }: Query) => run(db, text, values) },
    storeType: 'client',
    tableName: 'rate_limit',
    tableCreated: true, // by a migration of ours
    clearExpiredByTimeout: false, // its timer would outlive the database
    keyPrefix: '',
    points: 0, // told apart here: of a lease that asks for too much, what is left is granted
    duration: 1,
  })
  let clearAt = 0

  return async (key, points, { setting, calls, seconds }) => {
    const at = Date.now() // as the library
    if (at >= clearAt) {
      clearAt = at + CLEAR_EVERY_MS
      void clearExpired(db, at).catch(() => undefined) // the next time will do
    }
    // Names are the callers' and may be long; and a window of another length is another window.
    const row = hash('sha256', `${setting}\n${seconds}\n${key}`, 'base64url')
    const { consumedPoints, msBeforeNext } = await limiter.penalty(row, points, { customDuration: seconds })
    const before = consumedPoints - points
    const granted = Math.min(Math.max(calls - before, 0), points)
    return { granted, elsewhere: Math.max(calls - consumedPoints, 0), endsInMs: msBeforeNext }
  }
}

const clearExpired = (db: Kysely<Database>, at: number) =>
  db.deleteFrom('rate_limit').where('expire', '<', at).execute()

interface Query {
  readonly text: string
  readonly values: readonly unknown[]
}

async function run(db: Kysely<Database>, text: string, values: readonly unknown[]) {
  const { rows } = await db.executeQuery(CompiledQuery.raw(text, [...values]))
  return { rows, rowCount: rows.length }
}
