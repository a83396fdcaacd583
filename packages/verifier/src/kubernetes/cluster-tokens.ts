import { BoundedMap } from '../bounded-map.ts'
import { isDenied, type Denial } from '../denial.ts'
import type { VerifiedToken } from '../verified-token.ts'

const KEEP_MS = 60_000

/**
 * Which tokens a cluster vouched for a moment ago, so that a dispatch need not take them apart again to see that they are
 * the cluster's. What it said of them is not kept: they are shown to it each time.
 */
export class ClusterTokens {
  readonly #now: () => number
  #untilByKey = new BoundedMap<number>(10_000)
  #epoch = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** Counts what was forgotten. */
  get epoch(): number {
    return this.#epoch
  }

  has(key: string): boolean {
    const until = this.#untilByKey.get(key)
    return until !== undefined && this.#now() < until
  }

  /** `epoch` is that of when the dispatch began: what was dispatched by what was known before forget() says nothing now. */
  note(key: string, outcome: VerifiedToken<'kubernetes'> | Denial, epoch: number): void {
    if (isDenied(outcome) || epoch !== this.#epoch) return
    this.#untilByKey.set(key, Math.min(outcome.expiresAtSeconds * 1000, this.#now() + KEEP_MS))
  }

  forget(): void {
    this.#epoch++
    this.#untilByKey.clear()
  }
}
