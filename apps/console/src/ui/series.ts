/** One line of a chart. Lines differ in their dashes as well, so that nobody needs the colours. */
export interface Line {
  readonly label: string
  readonly values: readonly (number | null)[]
  /** A colour of the theme. */
  readonly color: string
  readonly dash?: readonly number[]
  readonly isFilled?: boolean
  /** Nothing is drawn along the axis, where several lines would lie on each other. */
  readonly hidesZero?: boolean
  /** From one step that has a value to the next that has, however far. */
  readonly spansGaps?: boolean
}

export interface Series {
  /** Milliseconds since the epoch, rising. */
  readonly at: readonly number[]
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
  /** What the axis goes up to at least. */
  readonly least?: number
  /** Length of a step in seconds. */
  readonly stepSeconds: number
}

const DAY_SECONDS = 86_400
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const both = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

/** Where a mark of the axis is: a day where it begins one, else a time of day. */
export function axisTime(at: number): string {
  const { hours, minutes } = { hours: new Date(at).getHours(), minutes: new Date(at).getMinutes() }
  return hours === 0 && minutes === 0 ? day.format(at) : time.format(at)
}

/** The step that begins here, in words. */
export const stepTime = (at: number, stepSeconds: number): string =>
  stepSeconds >= DAY_SECONDS ? day.format(at) : both.format(at)
