import { BoundedMap } from '@sallyport/verifier'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import type { Change, ChangeFeed } from './change-feed.ts'
import { inTime } from './in-time.ts'

export interface CachedLookupOptions<Value> {
  readonly changes: ChangeFeed
  /** Kinds of change that may alter an answer. */
  readonly kinds: readonly Change['kind'][]
  /** The teamspace that a found value belongs to; `any` when it may be of several, so that any change voids it. */
  readonly teamspaceOf: ((value: Value) => string) | 'any'
  readonly now: () => number
  /** For found and for absent values alike, but counted apart: strangers' guesses cannot push out what is in use. */
  readonly maxEntries?: number
  /** A backstop only, should an event get lost. */
  readonly maxAgeMs?: number
  readonly uses?: CacheUses | undefined
}

export interface CachedLookup<Value> {
  /** Counts the changes heard of that may alter an answer. */
  readonly epoch: number
  /** At once when cached. Rejects when the answer could not be found out; that is never cached. */
  get(key: string, load: () => Promise<Value | undefined>): Value | undefined | Promise<Value | undefined>
}

interface Entry<Value> {
  readonly value: Value | undefined
  /** The changes seen when loading began; the entry is void once its teamspace has seen a later one. */
  readonly epoch: number
  readonly expiresAt: number
}

/** Answers of the database kept in memory until a change says otherwise. Concurrent questions are asked once. */
export function cachedLookup<Value>(options: CachedLookupOptions<Value>): CachedLookup<Value> {
  const { changes, kinds, teamspaceOf, now, maxEntries = 10_000, maxAgeMs = 30_000 } = options
  const uses = options.uses ?? { hits: 0, misses: 0 }
  const found = new BoundedMap<Entry<Value>>(maxEntries)
  const absent = new BoundedMap<Entry<Value>>(maxEntries)
  const flights = new Map<string, Promise<Value | undefined>>()
  const changedAt = new Map<string, number>()
  let epoch = 0

  changes.subscribe((change) => {
    if (change.kind !== 'everything' && !kinds.includes(change.kind)) return
    epoch += 1
    // Whoever asks from now on must not join a question that was put before the change.
    flights.clear()
    absent.clear()
    if (change.kind === 'everything' || changedAt.size >= maxEntries) {
      found.clear()
      changedAt.clear()
    } else changedAt.set(change.teamspaceId, epoch)
  })

  const lastChangeOf = (value: Value): number =>
    teamspaceOf === 'any' ? epoch : (changedAt.get(teamspaceOf(value)) ?? 0)
  const isCurrent = (entry: Entry<Value>, value: Value): boolean =>
    entry.epoch >= lastChangeOf(value) && entry.expiresAt > now()

  /** What is known for certain, be it that there is nothing. */
  function recall(key: string): Entry<Value> | undefined {
    const hit = found.get(key)
    if (hit?.value !== undefined && isCurrent(hit, hit.value)) return hit
    const miss = absent.get(key)
    return miss !== undefined && miss.expiresAt > now() ? miss : undefined
  }

  function load(key: string, ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const begun = epoch
    const flight = inTime(ask()).then(
      (value) => {
        if (flights.get(key) === flight) flights.delete(key)
        if (epoch === begun) {
          const entry = { value, epoch: begun, expiresAt: now() + maxAgeMs }
          ;(value === undefined ? absent : found).set(key, entry)
        }
        return value
      },
      (error: unknown) => {
        if (flights.get(key) === flight) flights.delete(key)
        throw error
      },
    )
    flights.set(key, flight)
    return flight
  }

  return {
    get epoch() {
      return epoch
    },
    get(key, ask) {
      const known = recall(key)
      if (known) {
        uses.hits += 1
        return known.value
      }
      uses.misses += 1
      return flights.get(key) ?? load(key, ask)
    },
  }
}
