import { hash } from 'node:crypto'
import { BoundedMap } from './bounded-map.ts'
import type { Denial } from './denial.ts'
import type { VerifiedToken } from './verified-token.ts'
import type { Awaitable } from './when-ready.ts'

export interface TokenCacheOptions {
  readonly maxEntries?: number
  readonly maxAgeSeconds?: number
  /** Is counted up: how often a verified token was known, and how often it was not. */
  readonly uses?: { hits: number; misses: number }
}

interface Entry<Token> {
  readonly verified: Token
  readonly until: number
  readonly weight: number
}

/**
 * Room for each entry, in values and bits of text. Whoever issues tokens chooses what else is in them, and 12 KiB of `{},{},`
 * are 250 KiB of memory: ten thousand of those are not to be had.
 */
const WEIGHT_EACH = 200
const CHARACTERS_PER_WEIGHT = 64

/**
 * Verified tokens by SHA-256, so that no token stays in memory. Refusals are not kept; callers that
 * present one token at once share one verification.
 */
export class TokenCache<Token extends VerifiedToken = VerifiedToken> {
  readonly #entries: BoundedMap<Entry<Token>>
  readonly #maxAgeMs: number
  readonly #now: () => number
  #flights = new Map<string, Promise<Token | Denial>>()

  constructor(now: () => number, { maxEntries = 10_000, maxAgeSeconds = 60 }: TokenCacheOptions = {}) {
    this.#entries = new BoundedMap(maxEntries, maxEntries * WEIGHT_EACH, ({ weight }) => weight)
    this.#maxAgeMs = maxAgeSeconds * 1000
    this.#now = now
  }

  static keyOf(accessToken: string): string {
    return hash('sha256', accessToken, 'base64')
  }

  get(key: string): Token | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (this.#now() < entry.until) return entry.verified
    this.#entries.delete(key)
    return undefined
  }

  /** What is kept for this key, or what `prove` says, which is asked once for all who ask meanwhile. */
  verify(key: string, prove: () => Awaitable<Token | Denial>): Awaitable<Token | Denial> {
    const kept = this.get(key) ?? this.#flights.get(key)
    if (kept) return kept

    const outcome = prove()
    if (outcome instanceof Promise) return this.#share(key, outcome)
    this.#keep(key, outcome)
    return outcome
  }

  /** Empties the cache. What is in flight was judged by what was known before, so it is not kept either. */
  forget(): void {
    this.#entries.clear()
    this.#flights = new Map()
  }

  #share(key: string, flight: Promise<Token | Denial>): Promise<Token | Denial> {
    const flights = this.#flights
    flights.set(key, flight)
    // The first to hear of the outcome, so that whoever awaits the flight finds it ended.
    const land = (outcome?: Token | Denial) => {
      flights.delete(key)
      if (outcome && flights === this.#flights) this.#keep(key, outcome)
    }
    flight.then(land, () => land())
    return flight
  }

  #keep(key: string, outcome: Token | Denial): void {
    if ('denied' in outcome) return
    const until = Math.min(outcome.expiresAtSeconds * 1000, this.#now() + this.#maxAgeMs)
    this.#entries.set(key, { verified: outcome, until, weight: deepFreeze(outcome) })
  }
}

/** Many calls share what is cached; none may change it for the next. Depth is bounded by the parser. Answers how much it was. */
function deepFreeze(value: object): number {
  let weight = 1
  for (const child of Object.values(value) as unknown[]) {
    if (typeof child === 'object' && child !== null) weight += deepFreeze(child)
    else weight += typeof child === 'string' ? 1 + child.length / CHARACTERS_PER_WEIGHT : 1
  }
  Object.freeze(value)
  return weight
}
