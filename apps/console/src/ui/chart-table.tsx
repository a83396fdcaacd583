import { ScrollArea, Table } from '@mantine/core'
import { sayValue } from './chart-legend.tsx'
import { stepTime } from './series.ts'
import type { Series } from './series.ts'

interface ChartTableProps {
  readonly title: string
  readonly series: Series
  /** Of the chart in whose place it stands. */
  readonly height: number
}

/** The numbers behind a chart, newest first; steps in which nothing was are left out. */
export function ChartTable({ title, series: { at, lines, format, stepSeconds }, height }: ChartTableProps) {
  const steps = at
    .map((time, index) => ({ time, values: lines.map(({ values }) => values[index]) }))
    .filter(({ values }) => values.some((value) => value !== 0 && value !== null))
    .reverse()
  return (
    <ScrollArea h={height} type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': title }}>
      <Table aria-label={title} stickyHeader verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">From</Table.Th>
            {lines.map(({ label }) => (
              <Table.Th key={label} scope="col" ta="right">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steps.map(({ time, values }) => (
            <Table.Tr key={time}>
              <Table.Th scope="row" fw={400}>
                {stepTime(time, stepSeconds)}
              </Table.Th>
              {values.map((value, index) => (
                <Table.Td key={lines[index]!.label} ta="right">
                  {sayValue(value, format)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
        {steps.length === 0 && <Table.Caption>No calls in this time.</Table.Caption>}
      </Table>
    </ScrollArea>
  )
}
