import type { ClientAddress } from '../http/client-address.ts'
import type { Door, DoorRefusals } from '../telemetry/door-refusals.ts'

/** What operators see of a door whose requests have no audit rows. */
export interface DoorWatch {
  /** A request was refused, and counts against its address. */
  refused(): void
  /** An address has to wait. */
  turnedAway(code: 'rate_limited' | 'too_many_open_calls', setting: string, address: ClientAddress): void
  /** A body found no memory. */
  busy(setting: string, teamspaceId: string): void
}

export interface DoorWatchOptions {
  readonly door: Door
  readonly refusals: DoorRefusals
  readonly now: () => number
  readonly log: (message: string, fields?: object) => void
}

const MINUTE_MS = 60_000
/** In a minute: whoever floods a door must not flood the log. */
const MAX_LINES = 100

/** Counts everything, and names each address or teamspace in the log once a minute. */
export function createDoorWatch({ door, refusals, now, log }: DoorWatchOptions): DoorWatch {
  const named = new Set<string>()
  let begunAt = -Infinity

  const isNews = (key: string): boolean => {
    const at = now()
    if (Math.abs(at - begunAt) >= MINUTE_MS) {
      named.clear()
      begunAt = at
    }
    if (named.has(key) || named.size >= MAX_LINES) return false
    named.add(key)
    return true
  }

  return {
    refused() {
      refusals.attempt_refused += 1
    },
    turnedAway(code, setting, { text, countedAs, ignoredForwarded }) {
      refusals[code] += 1
      if (!isNews(`${setting} ${countedAs}`)) return
      const hint = ignoredForwarded && { hint: 'X-Forwarded-For was ignored: see trustedProxies' }
      log('An address has to wait', { level: 'warn', door, code, setting, address: text, ...hint })
    },
    busy(setting, teamspaceId) {
      refusals.busy += 1
      if (isNews(`${setting} ${teamspaceId}`))
        log('Bodies fill the memory', { level: 'warn', door, setting, teamspaceId })
    },
  }
}
