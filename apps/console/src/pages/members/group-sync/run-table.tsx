import { Badge, Text } from '@mantine/core'
import { RecordCell, RecordRow, RecordTable } from '../../../ui/record-table.tsx'
import { Time } from '../../../ui/time.tsx'
import type { SyncRun } from './group-sync-queries.ts'

const OUTCOMES = {
  running: { says: 'Running', color: 'cyan' },
  succeeded: { says: 'Done', color: 'teal' },
  failed: { says: 'Failed', color: 'red' },
  held: { says: 'Waits for you', color: 'yellow' },
} as const

const CAUSES = {
  schedule: () => 'on schedule',
  request: (actor: string) => `asked for by ${actor}`,
  confirmation: (actor: string) => `confirmed by ${actor}`,
} as const

export function RunTable({ runs }: { readonly runs: readonly SyncRun[] }) {
  return (
    <RecordTable label="Runs of group sync" columns={['Started', 'Outcome', 'People']}>
      {runs.map((run) => (
        <RecordRow key={run.id}>
          <RecordCell>
            <Time at={run.startedAt} />, {CAUSES[run.cause](run.actor)}
            <Text size="xs" c="dimmed">
              {tookOf(run)}
            </Text>
          </RecordCell>
          <RecordCell>
            <Badge variant="light" color={OUTCOMES[run.outcome].color} tt="none" miw="max-content">
              {OUTCOMES[run.outcome].says}
            </Badge>
          </RecordCell>
          <RecordCell>
            {run.error ? <Text size="sm">{run.error.says}</Text> : null}
            {run.outcome !== 'running' && <Text size="sm">{countsOf(run)}</Text>}
          </RecordCell>
        </RecordRow>
      ))}
    </RecordTable>
  )
}

function tookOf({ startedAt, endedAt }: SyncRun): string {
  if (endedAt === null) return ''
  return `took ${Math.max(1, Math.round((endedAt - startedAt) / 1000))} s`
}

/** Only what is not nothing. */
function countsOf(run: SyncRun): string {
  const counts = [
    [run.members, 'in the group'],
    [run.added, 'added'],
    [run.revoked, 'lost access'],
    [run.kept, 'left the group, but stay'],
    [run.skipped, 'not let in: disabled, or removed here'],
    [run.held, 'to be confirmed'],
  ] as const
  const said = counts.filter(([count]) => count > 0).map(([count, words]) => `${count.toLocaleString('en')} ${words}`)
  return said.length > 0 ? said.join(', ') : run.outcome === 'failed' ? 'Nobody was touched' : 'Nothing to do'
}
