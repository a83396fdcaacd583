import { Stack, Text, Title } from '@mantine/core'
import { DiffView } from '../../ui/diff-view.tsx'
import { exactTime } from '../../ui/time.tsx'
import type { AuditEntry } from './audit-queries.ts'
import { Facts } from './facts.tsx'
import { sayAction } from './row-words.ts'

/** Who changed what, from what to what. */
export function AdminChange({ entry }: { readonly entry: AuditEntry }) {
  const { action = '', at, before, after, id } = entry
  const hasDiff = before !== undefined || after !== undefined
  return (
    <Stack gap="md">
      <Title order={2} size="h4">
        {sayAction(action)}
      </Title>
      <Facts facts={{ by: entry.actor, at: exactTime(at), action, id }} />
      {hasDiff ? (
        <DiffView label="What changed" before={before} after={after} />
      ) : (
        <Text size="sm" c="dimmed">
          The row says no more.
        </Text>
      )}
    </Stack>
  )
}
