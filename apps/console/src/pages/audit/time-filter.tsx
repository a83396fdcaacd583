import { Select, TextInput } from '@mantine/core'
import { RANGES } from './audit-search.ts'
import type { AuditAddress, Range } from './audit-search.ts'

const LABELS: Readonly<Record<Range, string>> = {
  '1h': 'The last hour',
  '24h': 'The last 24 hours',
  '7d': 'The last 7 days',
  '30d': 'The last 30 days',
}

const OPTIONS = [
  { value: 'all', label: 'All times' },
  ...RANGES.map((range) => ({ value: range, label: LABELS[range] })),
  { value: 'between', label: 'Between two times' },
]

/** The last so many hours or days, or between two times of the reader's own clock. */
export function TimeFilter({ search, change }: AuditAddress) {
  const { range, from, until } = search
  const value = range ?? (from !== undefined || until !== undefined ? 'between' : 'all')
  const choose = (chosen: string | null) => {
    if (chosen === 'between') change({ range: undefined, from: new Date(Date.now() - 86_400_000).toISOString() })
    else change({ range: RANGES.find((each) => each === chosen), from: undefined, until: undefined })
  }
  return (
    <>
      <Select label="When" data={OPTIONS} value={value} onChange={choose} allowDeselect={false} />
      {value === 'between' && (
        <>
          <TimeField label="From" value={from} onChange={(time) => change({ from: time })} />
          <TimeField label="Until" value={until} onChange={(time) => change({ until: time })} />
        </>
      )}
    </>
  )
}

interface TimeFieldProps {
  readonly label: string
  readonly value: string | undefined
  readonly onChange: (time: string | undefined) => void
}

export function TimeField({ label, value, onChange }: TimeFieldProps) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={value === undefined ? '' : toLocal(value)}
      onChange={(event) => {
        const at = Date.parse(event.currentTarget.value)
        onChange(Number.isNaN(at) ? undefined : new Date(at).toISOString())
      }}
    />
  )
}

/** As the field writes it: in the reader's time zone, without saying which. */
function toLocal(time: string): string {
  const at = new Date(time)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
