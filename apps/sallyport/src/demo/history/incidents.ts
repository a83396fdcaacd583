import { FAULT_TERMS } from '../../outcome/fault.ts'
import type { Ended } from './past-call.ts'
import type { Random } from './random.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './rhythm.ts'

/** When the server behind was slow and then away, on a working afternoon. */
export interface Outage {
  readonly from: number
  readonly until: number
}

/** The last working day that is a week or more ago, at half past two. */
export function outageBefore(now: number): Outage {
  const day = new Date(now - 8 * DAY_MS)
  while (day.getDay() === 0 || day.getDay() === 6) day.setDate(day.getDate() - 1)
  day.setHours(14, 30, 0, 0)
  return { from: day.getTime(), until: day.getTime() + 50 * MINUTE_MS }
}

/** Callers try again while it lasts. */
export const eagernessDuring = (at: number, { from, until }: Outage): number =>
  at >= from - HOUR_MS && at < until ? 1.6 : 1

/** What becomes of a call during an outage; undefined for those that come through all the same. */
export function endedByOutage(at: number, { from, until }: Outage, random: Random): Ended | undefined {
  if (at < from || at >= until || random.next() < 0.25) return undefined
  const isAway = at > from + 20 * MINUTE_MS
  const rule = isAway ? 'upstream_unreachable' : 'upstream_timeout'
  const detail = { detail: isAway ? 'ECONNREFUSED' : 'UND_ERR_HEADERS_TIMEOUT' }
  const durationMs = isAway ? random.spread(4) : 60_000 + random.spread(8)
  return { decision: 'fault', rule, step: 'forward', status: FAULT_TERMS[rule].status, detail, durationMs }
}
