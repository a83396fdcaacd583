import { Tooltip } from '@mantine/core'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

export function timeAgo(at: number, now = Date.now()): string {
  const seconds = (at - now) / 1000
  for (const [unit, length] of UNITS)
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit)
  return 'just now'
}

export const exactTime = (at: number): string => exact.format(at)

/** "3 minutes ago", and when exactly. `never` stands where there is no time. */
export function Time({ at, never = 'never' }: { readonly at: number | null | undefined; readonly never?: string }) {
  if (at === null || at === undefined) return <>{never}</>
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={new Date(at).toISOString()}>{timeAgo(at)}</time>
    </Tooltip>
  )
}
