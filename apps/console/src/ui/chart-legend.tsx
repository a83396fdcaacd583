import { Group, Text } from '@mantine/core'
import { stepTime } from './series.ts'
import type { Line, Series } from './series.ts'

interface ChartLegendProps {
  readonly series: Series
  /** Whose values are shown; the lines alone while there is none. */
  readonly step: number | undefined
}

/** Which line is which, and what they are where the cursor is. One line high, with and without. */
export function ChartLegend({ series: { at, lines, format, stepSeconds }, step }: ChartLegendProps) {
  const time = step === undefined ? undefined : at[step]
  return (
    <Group gap="sm" mih={24} wrap="wrap" aria-live="polite" justify="space-between">
      <Group gap="sm">
        {lines.map((line) => (
          <Group key={line.label} gap={5} wrap="nowrap">
            <Sample {...line} />
            <Text size="xs">
              {line.label}
              {time !== undefined && <b> {sayValue(line.values[step!], format)}</b>}
            </Text>
          </Group>
        ))}
      </Group>
      {time !== undefined && (
        <Text size="xs" c="dimmed">
          {stepTime(time, stepSeconds)}
        </Text>
      )}
    </Group>
  )
}

export const sayValue = (value: number | null | undefined, format: Series['format']): string =>
  value === null || value === undefined ? 'none' : format(value)

const Sample = ({ color, dash }: Pick<Line, 'color' | 'dash'>) => (
  <svg width="18" height="8" aria-hidden>
    <line
      x1="0"
      x2="18"
      y1="4"
      y2="4"
      stroke={`var(--mantine-color-${color}-text)`}
      strokeWidth="2.5"
      strokeDasharray={dash?.join(' ')}
    />
  </svg>
)
