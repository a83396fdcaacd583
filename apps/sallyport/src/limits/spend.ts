import type { Awaitable } from '../store/when-ready.ts'
import type { RateCounter } from './rate-counter.ts'
import type { RateLimit } from './rate.ts'
import type { Window } from './windows.ts'

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
  const windows: Window[] = []
  for (const { counter, key, points } of charges) {
    const window = counter.findOrBegin(key)
    windows.push(window)
    if (window.left >= points) continue
    if (window.isDry || points > counter.limit.calls) {
      return { isAllowed: false, quota: quotaOf(counter, key, now()) }
    }
    return counter.refill(key, window, points).then(() => spend(charges, now))
  }
  charges.forEach(({ points }, index) => (windows[index]!.left -= points))
  return { isAllowed: true, quota: tightest(charges, windows, now()) }
}

function tightest(charges: readonly Charge[], windows: readonly Window[], at: number): Quota {
  let least = 0
  for (let index = 1; index < windows.length; index++) {
    if (remainingOf(windows[index]!) < remainingOf(windows[least]!)) least = index
  }
  return toQuota(charges[least]!.counter, windows[least]!, at)
}

const remainingOf = ({ left, elsewhere }: Window): number => left + elsewhere

const toQuota = ({ limit }: RateCounter, window: Window, at: number): Quota => ({
  limit,
  remaining: remainingOf(window),
  resetMs: window.endsAt - at,
})

export const quotaOf = (counter: RateCounter, key: string, at: number): Quota =>
  toQuota(counter, counter.findOrBegin(key), at)
