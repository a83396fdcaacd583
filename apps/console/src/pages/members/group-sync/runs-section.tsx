import { Badge, Button, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { RowsSkeleton } from '../../../ui/rows-skeleton.tsx'
import { Time } from '../../../ui/time.tsx'
import { syncRunsQuery, useSyncNow } from './group-sync-queries.ts'
import type { GroupSync } from './group-sync-queries.ts'
import { HeldRun } from './held-run.tsx'
import { RunTable } from './run-table.tsx'

export function RunsSection({ sync }: { readonly sync: GroupSync }) {
  const { slug } = useTeamspace()
  const { data: runs, error, isPending } = useQuery(syncRunsQuery(slug, sync.lastRun))
  const syncNow = useSyncNow(slug)
  const isRunning = sync.lastRun?.outcome === 'running'
  const held = runs?.find(({ id }) => id === sync.heldRunId)
  useMembersAfterRuns(slug, isRunning)
  return (
    <Stack component="section" gap="sm">
      <Group justify="space-between">
        <div>
          <Group gap="xs">
            <Title order={2} size="h4">
              Runs
            </Title>
            <span role="status">
              {isRunning && (
                <Badge variant="light" leftSection={<Loader size={12} aria-hidden />}>
                  Running
                </Badge>
              )}
            </span>
          </Group>
          <Text size="sm" c="dimmed">
            {sync.nextRunAt === null ? 'Not on schedule.' : <NextRun at={sync.nextRunAt} />}
          </Text>
        </div>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          disabled={isRunning}
          loading={syncNow.isPending}
          onClick={() => syncNow.mutate(undefined)}
        >
          Sync now
        </Button>
      </Group>
      <ProblemAlert error={syncNow.error ?? error} />
      {held && !isRunning && <HeldRun run={held} />}
      {isPending && <RowsSkeleton rows={2} />}
      {runs?.length === 0 && (
        <Text size="sm">Nothing has run yet. Sync now brings the people of the group at once.</Text>
      )}
      {runs && runs.length > 0 && <RunTable runs={runs} heldRunId={sync.heldRunId} />}
    </Stack>
  )
}

const NextRun = ({ at }: { readonly at: number }) => (
  <>
    The next one: <Time at={at} />.
  </>
)

/** What a run has done is in the list of members, too. */
function useMembersAfterRuns(slug: string, isRunning: boolean): void {
  const client = useQueryClient()
  useEffect(() => {
    if (!isRunning) void client.invalidateQueries({ queryKey: ['members', slug] })
  }, [client, slug, isRunning])
}
