export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** How busy people are at each hour of a working day, at most 1. */
const WORKING_DAY = [
  0, 0, 0, 0, 0, 0, 0.05, 0.2, 0.6, 0.9, 1, 0.9, 0.5, 0.7, 0.95, 0.9, 0.8, 0.5, 0.25, 0.15, 0.1, 0.05, 0.02, 0,
]
const WEEKEND = 0.08

/** By the clock of this machine, so that the days of a chart look like days to whoever sees it. */
export function busyness(at: number): number {
  const time = new Date(at)
  const isWeekend = time.getDay() === 0 || time.getDay() === 6
  return WORKING_DAY[time.getHours()]! * (isWeekend ? WEEKEND : 1)
}
