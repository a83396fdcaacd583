import { Progress, Stack, Text } from '@mantine/core'
import type { Import } from './use-import.ts'

export function ImportProgress({ running }: { readonly running: Import }) {
  const says = running.mode === 'dry-run' ? 'Checking' : 'Importing; stay on this page until it is done'
  const { done, of } = running.progress ?? { done: 0, of: 0 }
  return (
    <Stack gap={6} maw={560}>
      <Text size="sm">
        <span role="status">{says}:</span>
        {of > 0 && ` ${done.toLocaleString('en')} of ${of.toLocaleString('en')} rows`}
      </Text>
      <Progress.Root size="lg">
        <Progress.Section value={of > 0 ? (100 * done) / of : 100} animated={of === 0} aria-label={says} />
      </Progress.Root>
    </Stack>
  )
}
