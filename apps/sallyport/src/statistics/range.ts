import { HOUR_SECONDS, MINUTE_SECONDS } from './call-count.table.ts'

interface Steps {
  /** Of the rows that are read. */
  readonly span: number
  readonly stepSeconds: number
  readonly steps: number
  /** How long an answer is good: a longer range changes less, and is more to read. */
  readonly freshMs: number
}

const HOURS = 3_600

/** What can be asked for, each in as many steps as a chart can show. */
export const RANGES = {
  '1h': { span: MINUTE_SECONDS, stepSeconds: 60, steps: 60, freshMs: 2_000 },
  '24h': { span: MINUTE_SECONDS, stepSeconds: HOURS / 4, steps: 96, freshMs: 15_000 },
  '7d': { span: HOUR_SECONDS, stepSeconds: 2 * HOURS, steps: 84, freshMs: 30_000 },
  '30d': { span: HOUR_SECONDS, stepSeconds: 8 * HOURS, steps: 90, freshMs: 60_000 },
} as const satisfies Record<string, Steps>

export type RangeName = keyof typeof RANGES
export const RANGE_NAMES = Object.keys(RANGES) as [RangeName, ...RangeName[]]

/** The steps up to the one that is under way, and as many before them to compare with. */
export interface TimeRange extends Steps {
  readonly name: RangeName
  readonly previousFrom: number
  readonly from: number
  /** The end of the step that is under way. */
  readonly until: number
}

export function rangeAt(name: RangeName, now: number): TimeRange {
  const { stepSeconds, steps } = RANGES[name]
  const stepMs = stepSeconds * 1000
  const until = now - (now % stepMs) + stepMs
  const from = until - steps * stepMs
  return { name, ...RANGES[name], previousFrom: from - steps * stepMs, from, until }
}
