import { Badge, Group } from '@mantine/core'
import { OUTCOMES } from './import-stream.ts'
import type { ImportSummary } from './import-stream.ts'
import { OUTCOME_WORDS } from './outcomes.ts'

export function ReportCounts({ summary }: { readonly summary: ImportSummary }) {
  return (
    <Group gap="xs">
      {OUTCOMES.filter((outcome) => summary.counts[outcome] > 0).map((outcome) => {
        const { tried, written, color } = OUTCOME_WORDS[outcome]
        return (
          <Badge key={outcome} size="lg" variant="light" color={color} fw={550}>
            {summary.counts[outcome].toLocaleString('en')} {summary.written ? written : tried}
          </Badge>
        )
      })}
    </Group>
  )
}
