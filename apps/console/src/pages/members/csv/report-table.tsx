import { Button, Center, NativeSelect, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { RecordCell, RecordRow, RecordTable } from '../../../ui/record-table.tsx'
import { OUTCOMES } from './import-stream.ts'
import type { ImportSummary, Outcome, RowResult } from './import-stream.ts'
import { countFailures, isFailure, OUTCOME_WORDS } from './outcomes.ts'

const STEP = 100

type Filter = 'problems' | 'all' | Outcome

const matches = (filter: Filter, { outcome }: RowResult): boolean =>
  filter === 'all' || (filter === 'problems' ? isFailure(outcome) : outcome === filter)

interface ReportTableProps {
  readonly summary: ImportSummary
  readonly results: readonly RowResult[]
}

/** What became of each row. A file has up to 10,000, so they are shown in steps. */
export function ReportTable({ summary, results }: ReportTableProps) {
  const failures = countFailures(summary)
  const [filter, setFilter] = useState<Filter>(failures > 0 ? 'problems' : 'all')
  const [shown, setShown] = useState(STEP)
  const rows = results.filter((row) => matches(filter, row))
  const wordOf = (outcome: Outcome) => OUTCOME_WORDS[outcome][summary.written ? 'written' : 'tried']
  const options = [
    ...(failures > 0 ? [{ value: 'problems', label: `Rows with a problem (${failures})` }] : []),
    { value: 'all', label: `All rows (${results.length})` },
    ...OUTCOMES.filter((outcome) => summary.counts[outcome] > 0).map((outcome) => ({
      value: outcome,
      label: `${sentence(wordOf(outcome))} (${summary.counts[outcome]})`,
    })),
  ]
  return (
    <Stack gap="xs">
      <NativeSelect
        label="Show"
        data={options}
        value={filter}
        maw={420}
        onChange={(event) => {
          setFilter(event.currentTarget.value as Filter)
          setShown(STEP)
        }}
      />
      <RecordTable label="Rows of the file" columns={['Line', 'E-mail', 'Outcome']}>
        {rows.slice(0, shown).map((row) => (
          <RecordRow key={row.line}>
            <RecordCell label="Line">{row.line}</RecordCell>
            <RecordCell>
              <Text span inherit display="inline-block" miw={{ base: 0, sm: 240 }} style={{ overflowWrap: 'anywhere' }}>
                {row.email}
              </Text>
            </RecordCell>
            <RecordCell>
              <Text span inherit fw={isFailure(row.outcome) ? 600 : 400}>
                {sentence(wordOf(row.outcome))}
                {row.problem !== undefined && `: ${row.problem}`}
              </Text>
            </RecordCell>
          </RecordRow>
        ))}
      </RecordTable>
      {rows.length > shown && (
        <Center>
          <Button variant="default" onClick={() => setShown(shown + STEP)}>
            {Math.min(STEP, rows.length - shown)} more of {rows.length}
          </Button>
        </Center>
      )}
    </Stack>
  )
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)
