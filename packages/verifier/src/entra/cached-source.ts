import { BoundedMap } from '../bounded-map.ts'
import { VerificationFault } from '../fault.ts'
import type { Awaitable } from '../when-ready.ts'
import type { EntraConnection, EntraConnectionSource } from './connection.ts'
import { isGuid, toEntraAudience } from './identifiers.ts'

export interface CachedSourceOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** How long an answer counts: also the longest that a removed connection still admits. */
  readonly ttlSeconds?: number
  /** How much longer a found connection counts while the source cannot be asked. Never an absent one. */
  readonly staleSeconds?: number
  readonly maxEntries?: number
  /** Absent audiences are attacker-chosen, so they cannot push out the found ones. */
  readonly maxAbsentEntries?: number
  /** Look-ups under way at once; beyond it the answer is a fault. */
  readonly maxLookups?: number
}

export interface CachedSource extends EntraConnectionSource {
  /** Drops one answer, or all: what is in flight is not kept either. */
  forget(tenantId?: string, audience?: string): void
}

type Found = EntraConnection | undefined
interface Entry {
  readonly connection: Found
  freshUntil: number
  readonly staleUntil: number
}

/** After a failure a stale connection is served for this long before the source is asked again. */
const RETRY_MS = 1000

/**
 * Remembers the two answers that are authoritative, found and absent. "Could not tell" is never remembered.
 * One look-up at a time for an address; it belongs to no caller, so none can abort it for the others.
 */
export function cachedSource(source: EntraConnectionSource, options: CachedSourceOptions = {}): CachedSource {
  const { now = Date.now, ttlSeconds = 300, staleSeconds = 3600, maxLookups = 256 } = options
  const { maxEntries = 10_000, maxAbsentEntries = 10_000 } = options
  const found = new BoundedMap<Entry>(maxEntries)
  const absent = new BoundedMap<Entry>(maxAbsentEntries)
  const flights = new Map<string, Promise<Found>>()

  function find(tenantId: string, audience: string): Awaitable<Found> {
    if (!isGuid(tenantId) || toEntraAudience(audience) !== audience) return undefined
    const key = `${tenantId} ${audience}`
    const entry = found.get(key) ?? absent.get(key)
    if (entry && isFresh(entry)) return entry.connection
    const flight = flights.get(key)
    if (flight) return flight
    if (flights.size >= maxLookups) throw new VerificationFault('connections_unavailable', 'Too many look-ups at once')
    return lookUp(key, tenantId, audience)
  }

  /** With more time left than was ever given, the clock was set back: the answer could count for years. */
  function isFresh({ freshUntil }: Entry): boolean {
    const left = freshUntil - now()
    return left > 0 && left <= ttlSeconds * 1000
  }

  function lookUp(key: string, tenantId: string, audience: string): Promise<Found> {
    const isCurrent = () => flights.get(key) === flight
    const flight: Promise<Found> = Promise.resolve()
      .then(() => source.find(tenantId, audience))
      .then((connection) => {
        if (isCurrent()) remember(key, connection)
        return connection
      })
      .catch((fault: unknown) => staleOrThrow(found.get(key), fault))
      .finally(() => isCurrent() && flights.delete(key))
    flights.set(key, flight)
    return flight
  }

  function remember(key: string, connection: Found): void {
    const [kept, dropped] = connection ? [found, absent] : [absent, found]
    dropped.delete(key)
    const freshUntil = now() + ttlSeconds * 1000
    kept.set(key, { connection, freshUntil, staleUntil: freshUntil + staleSeconds * 1000 })
  }

  function staleOrThrow(entry: Entry | undefined, fault: unknown): Found {
    if (!entry || now() >= entry.staleUntil) throw fault
    entry.freshUntil = Math.min(now() + RETRY_MS, entry.staleUntil)
    return entry.connection
  }

  function forget(tenantId?: string, audience?: string): void {
    const caches = [found, absent, flights]
    if (tenantId === undefined || audience === undefined) caches.forEach((cache) => cache.clear())
    else caches.forEach((cache) => cache.delete(`${tenantId} ${audience}`))
  }

  return { find, forget }
}
