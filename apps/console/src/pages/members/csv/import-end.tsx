import { Alert, Text } from '@mantine/core'
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { countFailures } from './outcomes.ts'
import type { ImportSummary } from './import-stream.ts'

/** What an import came to. */
export function ImportEnd({ summary }: { readonly summary: ImportSummary }) {
  const { added, updated } = summary.counts
  const failures = countFailures(summary)
  if (!summary.written) {
    return (
      <Alert color="yellow" role="status" icon={<IconInfoCircle aria-hidden />} title="Nothing was imported">
        Meanwhile something is wrong with {failures} of the rows: see below.
      </Alert>
    )
  }
  return (
    <Alert color="teal" role="status" icon={<IconCircleCheck aria-hidden />} title="Imported">
      <Text size="sm">
        {added.toLocaleString('en')} added
        {updated > 0 && `, ${updated.toLocaleString('en')} were members already and have CSV as a source, too, now`}.
        Who was added can call servers at once.
        {failures > 0 && ` ${failures.toLocaleString('en')} rows were left out.`}
      </Text>
      <Text size="xs" c="dimmed" mt={4}>
        In the audit trail as import <span className="mono">{summary.id}</span>
      </Text>
    </Alert>
  )
}
