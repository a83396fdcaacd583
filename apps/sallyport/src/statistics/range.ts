interface Steps {
  /** Rows are of these spans: what a range shows is read as it was written. */
  readonly stepSeconds: number
  readonly steps: number
  /** How long such rows are kept: for the range, for as much before it, and while they are asked for. */
  readonly keepHours: number
  /** How long an answer is good: a longer range changes less. */
  readonly freshMs: number
}

const MINUTE = 60
const HOUR = 60 * MINUTE

/** What can be asked for, each in as many steps as a chart can show, so that each costs the same to read. */
export const RANGES = {
  '1h': { stepSeconds: MINUTE, steps: 60, keepHours: 3, freshMs: 2_000 },
  '24h': { stepSeconds: 15 * MINUTE, steps: 96, keepHours: 50, freshMs: 10_000 },
  '7d': { stepSeconds: 2 * HOUR, steps: 84, keepHours: 15 * 24, freshMs: 30_000 },
  '30d': { stepSeconds: 8 * HOUR, steps: 90, keepHours: 90 * 24, freshMs: 60_000 },
} as const satisfies Record<string, Steps>

export type RangeName = keyof typeof RANGES
export const RANGE_NAMES = Object.keys(RANGES) as [RangeName, ...RangeName[]]

/** Each kind of row: its seconds, and for how many milliseconds it is kept. */
export const SPANS = Object.values(RANGES).map(({ stepSeconds, keepHours }) => ({
  seconds: stepSeconds,
  keepMs: keepHours * HOUR * 1000,
}))

export const LONGEST_SPAN_MS = Math.max(...SPANS.map(({ seconds }) => seconds * 1000))

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
