import { Badge, Button, Center, Text } from '@mantine/core'
import { useState } from 'react'
import { RecordCell, RecordRow, RecordTable } from '../../../ui/record-table.tsx'
import { Time } from '../../../ui/time.tsx'
import type { SyncRun } from './group-sync-queries.ts'

const OUTCOMES = {
  running: { says: 'Running', color: 'cyan' },
  succeeded: { says: 'Done', color: 'teal' },
  failed: { says: 'Failed', color: 'red' },
  held: { says: 'Held', color: 'yellow' },
} as const

const CAUSES = {
  schedule: () => 'on schedule',
  request: (actor: string) => `asked for by ${actor}`,
  confirmation: (actor: string) => `confirmed by ${actor}`,
} as const

/** Of fifty, as many as are looked at. */
const FIRST = 5

interface RunTableProps {
  readonly runs: readonly SyncRun[]
  /** The one that waits for somebody to confirm it. */
  readonly heldRunId: string | null
}

export function RunTable({ runs, heldRunId }: RunTableProps) {
  const [isWhole, setIsWhole] = useState(false)
  return (
    <>
      <RecordTable label="Runs of group sync" columns={['Started', 'Outcome', 'People']}>
        {(isWhole ? runs : runs.slice(0, FIRST)).map((run) => (
          <RecordRow key={run.id}>
            <RecordCell>
              <Time at={run.startedAt} />, {CAUSES[run.cause](run.actor)}
              <Text size="xs" c="dimmed">
                {tookOf(run)}
              </Text>
            </RecordCell>
            <RecordCell>
              <Badge variant="light" color={OUTCOMES[run.outcome].color}>
                {run.id === heldRunId ? 'Waits for you' : OUTCOMES[run.outcome].says}
              </Badge>
            </RecordCell>
            <RecordCell>
              {run.error ? <Text size="sm">{run.error.says}</Text> : null}
              {run.outcome !== 'running' && <Text size="sm">{countsOf(run)}</Text>}
            </RecordCell>
          </RecordRow>
        ))}
      </RecordTable>
      {!isWhole && runs.length > FIRST && (
        <Center>
          <Button variant="default" size="xs" onClick={() => setIsWhole(true)}>
            All {runs.length} runs
          </Button>
        </Center>
      )}
    </>
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
