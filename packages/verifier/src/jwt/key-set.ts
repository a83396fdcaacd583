import { VerificationFault } from '../fault.ts'
import { fetchJson } from '../fetch-json.ts'
import type { Awaitable } from '../when-ready.ts'
import { toSigningKeys, type SigningKey, type SigningKeys } from './signing-key.ts'
import type { Algorithm } from './verify-signature.ts'

export interface KeySetOptions {
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly timeoutSeconds?: number
  /** Keys for nothing else are ignored. RS256 unless told. */
  readonly algorithms?: readonly Algorithm[]
  /** After this the next use refreshes in the background. */
  readonly freshSeconds?: number
  /** Keys do not become wrong by age; for this long they outlive an endpoint that is down. */
  readonly staleSeconds?: number
  /** Between refetches for a `kid` that is not in the set: it is attacker-chosen. */
  readonly cooldownSeconds?: number
  /** After a failed fetch. Short: recovery must not wait. */
  readonly retrySeconds?: number
}

const DEFAULTS = {
  algorithms: ['RS256'] as const,
  timeoutSeconds: 5,
  freshSeconds: 600,
  staleSeconds: 24 * 3600,
  cooldownSeconds: 30,
  retrySeconds: 0.5,
}
const MAX_BYTES = 1024 * 1024

/** The keys at one URL, or at the one that is found anew each time they are fetched. Single flight; rotation is found by the first unknown `kid`. */
export class KeySet {
  readonly #url: string | (() => Promise<string>)
  readonly #options: Required<KeySetOptions>
  #keys: SigningKeys | undefined
  #fetchedAt = -Infinity
  #failedAt = -Infinity
  #unknownKidAt = -Infinity
  #flight: Promise<SigningKeys> | undefined

  constructor(url: string | (() => Promise<string>), options: KeySetOptions) {
    this.#url = url
    this.#options = { ...DEFAULTS, ...options }
  }

  /** `undefined`: there is no such key. Throws or rejects with a `VerificationFault` when that cannot be told. */
  find(kid: string): Awaitable<SigningKey | undefined> {
    const { now, freshSeconds, staleSeconds } = this.#options
    const elapsedSeconds = (now() - this.#fetchedAt) / 1000
    const ageSeconds = elapsedSeconds < 0 ? freshSeconds : elapsedSeconds // the clock was set back: due, not void
    if (!this.#keys || ageSeconds >= freshSeconds + staleSeconds) return this.#refresh().then(usable(kid))
    if (ageSeconds >= freshSeconds) this.#refresh().catch(() => {}) // the keys in hand stay good meanwhile
    return this.#keys.has(kid) ? usable(kid)(this.#keys) : this.#findAnew(kid)
  }

  /** A key that we do not know may be a day-old mistake or an emergency roll-over: look, but not at every call. */
  #findAnew(kid: string): Awaitable<SigningKey | undefined> {
    const { now, cooldownSeconds } = this.#options
    if (!this.#flight && this.#secondsSince(this.#unknownKidAt) < cooldownSeconds) return undefined
    this.#unknownKidAt = now()
    return this.#refresh().then(usable(kid), (fault: unknown) => {
      this.#unknownKidAt = -Infinity
      throw fault
    })
  }

  #refresh(): Promise<SigningKeys> {
    this.#flight ??= this.#fetch().finally(() => (this.#flight = undefined))
    return this.#flight
  }

  async #fetch(): Promise<SigningKeys> {
    const { now, retrySeconds, algorithms, ...options } = this.#options
    if (this.#secondsSince(this.#failedAt) < retrySeconds) throw this.#fault('a fetch has just failed')
    try {
      const url = typeof this.#url === 'string' ? this.#url : await this.#url()
      const { status, body } = await fetchJson(url, { ...options, maxBytes: MAX_BYTES })
      if (status !== 200) throw new Error(`The endpoint answered ${status}`)
      this.#keys = toSigningKeys(body, algorithms)
      this.#fetchedAt = now()
      return this.#keys
    } catch (cause) {
      this.#failedAt = now()
      throw cause instanceof VerificationFault ? cause : this.#fault('the fetch failed', cause)
    }
  }

  /** After the clock was set back nobody knows how long ago it was: long enough, or the pause could last for years. */
  #secondsSince(then: number): number {
    const elapsed = this.#options.now() - then
    return elapsed < 0 ? Infinity : elapsed / 1000
  }

  #fault(why: string, cause?: unknown): VerificationFault {
    return new VerificationFault(
      'keys_unavailable',
      `No keys${typeof this.#url === 'string' ? ` from ${this.#url}` : ''}: ${why}`,
      { cause },
    )
  }
}

const usable = (kid: string) => (keys: SigningKeys) => {
  const key = keys.get(kid)
  return key === 'ambiguous' ? undefined : key
}
