import { Group, NativeSelect, TextInput } from '@mantine/core'
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { dayFrom } from './end-choice.ts'
import type { End, EndChoice } from './end-choice.ts'

interface EndFieldProps {
  readonly label: string
  readonly description?: string
  readonly value: End
  /** The longest that it may be; for ever, unless given. */
  readonly maxDays?: number | undefined
  readonly error?: ReactNode
  readonly onChange: (end: End) => void
}

const CHOICES = [
  { value: '7', label: 'in 7 days' },
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: 'date', label: 'on a day …' },
  { value: 'never', label: 'never' },
]

const isAllowed = (choice: string, maxDays = Infinity): boolean =>
  choice === 'date' || (choice === 'never' ? maxDays === Infinity : Number(choice) <= maxDays)

export function EndField({ label, description, value, maxDays, error, onChange }: EndFieldProps) {
  const isDay = value.choice === 'date'
  const isTooLong = !isAllowed(value.choice, maxDays)
  useEffect(() => {
    if (isTooLong && maxDays !== undefined) onChange({ choice: 'date', date: dayFrom(Date.now(), maxDays - 1) })
  }, [isTooLong, maxDays, onChange])
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect
        label={label}
        data={CHOICES.filter(({ value: days }) => isAllowed(days, maxDays))}
        value={value.choice}
        flex="1 1 180px"
        onChange={(event) => onChange({ ...value, choice: event.currentTarget.value as EndChoice })}
        {...(description !== undefined && { description })}
        error={isDay ? undefined : error}
      />
      {isDay && (
        <TextInput
          type="date"
          label="Last day"
          required
          withAsterisk={false}
          min={dayFrom(Date.now(), 0)}
          {...(maxDays !== undefined && { max: dayFrom(Date.now(), maxDays - 1) })}
          value={value.date}
          error={error}
          flex="1 1 160px"
          onChange={(event) => onChange({ ...value, date: event.currentTarget.value })}
        />
      )}
    </Group>
  )
}
