import { inTime } from '../store/in-time.ts'
import type { Rate, RateLimit } from './rate.ts'
import { wholeWindow } from './rate-counter.ts'
import type { RateCounter } from './rate-counter.ts'
import { teamspaceOf, Windows } from './windows.ts'
import type { Window } from './windows.ts'

export interface Lease {
  readonly granted: number
  /** What is left for others to ask for. */
  readonly elsewhere: number
  readonly endsInMs: number
}

/** Takes points of a window that all processes share. */
export type TakePoints = (key: string, points: number, limit: RateLimit) => Promise<Lease>

export interface LeasedCounterOptions {
  readonly take: TakePoints
  readonly now: () => number
  /** Told when the others can no longer be asked, and when they can again. */
  readonly onOutage: (error: unknown) => void
  readonly onRecovery: () => void
}

/** A process asks for a tenth of a limit at once, and not again before that is spent. */
const LEASES = 10
const DEADLINE_MS = 2_000
/** So long nobody asks after a failure: calls must not wait for a database that is down. */
const OUTAGE_MS = 5_000
const MAX_FLIGHTS = 100

/**
 * One limit of all processes together. Points are leased and spent in memory, so that hardly a call waits for the
 * database; while it cannot be asked, each process has the whole limit to itself.
 */
export function leasedCounter(limit: RateLimit, options: LeasedCounterOptions): RateCounter {
  const { take, now, onOutage, onRecovery } = options
  const windows = new Windows({ lengthMs: limit.seconds * 1000, ownerOf: teamspaceOf })
  const flights = new Map<string, Promise<void>>()
  let aloneUntil = 0

  const ask = (key: string, window: Window, points: number): Promise<void> =>
    inTime(take(key, points, limit), DEADLINE_MS).then(
      (lease) => {
        aloneUntil = 0
        onRecovery()
        const endsInMs = Math.min(lease.endsInMs, limit.seconds * 1000) // by the clock of another process
        receive(window, { ...lease, endsInMs }, points, now())
      },
      (error: unknown) => {
        aloneUntil = now() + OUTAGE_MS
        onOutage(error)
        countAlone(window, limit)
      },
    )

  return {
    limit,
    find: (key) => windows.find(key, now()),
    findOrBegin(key) {
      const at = now()
      const begin = (isOwn: boolean) => (isOwn ? emptyWindow(limit, at) : wholeWindow(limit, at))
      return windows.find(key, at) ?? windows.begin(key, at, begin)
    },
    refill(key, window, points) {
      const under = flights.get(key)
      if (under) return under
      if (now() < aloneUntil || flights.size >= MAX_FLIGHTS) {
        countAlone(window, limit)
        return Promise.resolve()
      }
      const wanted = Math.max(points - window.left, Math.ceil(limit.calls / LEASES))
      const flight = ask(key, window, wanted).finally(() => flights.delete(key))
      flights.set(key, flight)
      return flight
    },
    get size() {
      return windows.size
    },
  }
}

const emptyWindow = ({ calls, seconds }: Rate, at: number): Window => ({
  left: 0,
  endsAt: at + seconds * 1000,
  isDry: false,
  elsewhere: calls,
  had: 0,
})

function receive(window: Window, { granted, elsewhere, endsInMs }: Lease, asked: number, at: number): void {
  window.left += granted
  window.had += granted
  window.endsAt = at + endsInMs
  window.elsewhere = elsewhere
  window.isDry = granted < asked
}

/** What is left of the whole limit, as if there were no others. */
function countAlone(window: Window, { calls }: Rate): void {
  const more = Math.max(calls - window.had, 0)
  window.left += more
  window.had += more
  window.elsewhere = 0
  window.isDry = true
}
