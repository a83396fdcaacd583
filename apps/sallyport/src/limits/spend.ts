import type { Awaitable } from '../store/when-ready.ts'
import type { RateCounter } from './rate-counter.ts'
import type { RateLimit } from './rate.ts'

/** So many points of one key's window. */
export interface Charge {
  readonly counter: RateCounter
  readonly key: string
  readonly points: number
}

/** Where a key stands with a limit. */
export interface Quota {
  readonly limit: RateLimit
  readonly remaining: number
  readonly resetMs: number
}

export interface Spent {
  readonly isAllowed: boolean
  /** The limit that said no, or else the one with the least left. */
  readonly quota: Quota
}

/** All charges or none of them: a call that one limit refuses costs nothing of the others. At least one charge. */
export function spend(charges: readonly Charge[], now: () => number): Awaitable<Spent> {
  for (const { counter, key, points } of charges) {
    const window = counter.findOrBegin(key)
    if (window.left >= points) continue
    if (window.isDry || points > counter.limit.calls) {
      return { isAllowed: false, quota: quotaOf(counter, key, now()) }
    }
    return counter.refill(key, window, points).then(() => spend(charges, now))
  }
  for (const { counter, key, points } of charges) counter.findOrBegin(key).left -= points
  return { isAllowed: true, quota: tightest(charges, now()) }
}

function tightest(charges: readonly Charge[], at: number): Quota {
  let least: Quota | undefined
  for (const { counter, key } of charges) {
    const quota = quotaOf(counter, key, at)
    if (least === undefined || quota.remaining < least.remaining) least = quota
  }
  return least!
}

export function quotaOf(counter: RateCounter, key: string, at: number): Quota {
  const { left, elsewhere, endsAt } = counter.findOrBegin(key)
  return { limit: counter.limit, remaining: left + elsewhere, resetMs: endsAt - at }
}
