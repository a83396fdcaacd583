import { Button, Center, Paper, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconListSearch } from '@tabler/icons-react'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import type { AuditEntry } from './audit-queries.ts'
import { AuditRow } from './audit-row.tsx'
import { useTokenNames } from './use-token-names.ts'

interface AuditTableProps {
  readonly events: readonly AuditEntry[]
  readonly trail: Pick<
    UseInfiniteQueryResult,
    'isPending' | 'isError' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'
  >
  readonly isFiltered: boolean
  readonly opened: string | undefined
  readonly onOpen: (id: string) => void
}

export function AuditTable({ events, trail, isFiltered, opened, onOpen }: AuditTableProps) {
  const tokenNames = useTokenNames()
  if (trail.isPending) return <TableSkeleton />
  const more = trail.hasNextPage && (
    <Center mt="md">
      <Button variant="default" onClick={() => void trail.fetchNextPage()} loading={trail.isFetchingNextPage}>
        {events.length === 0 ? 'Look further back' : 'Load more'}
      </Button>
    </Center>
  )
  if (events.length === 0) return trail.isError ? null : <Nothing isFiltered={isFiltered}>{more}</Nothing>
  return (
    <>
      <Table.ScrollContainer minWidth={0} type="native">
        <Table className="stack-on-phone" verticalSpacing="xs" highlightOnHover aria-label="Audit trail, newest first">
          <Table.Thead>
            <Table.Tr>
              {['When', 'Decision', 'Who', 'What', 'Why', 'Took'].map((heading) => (
                <Table.Th key={heading} scope="col">
                  {heading}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {events.map((entry) => (
              <AuditRow
                key={entry.id}
                entry={entry}
                tokenNames={tokenNames}
                isOpen={idOf(entry) === opened}
                onOpen={() => onOpen(idOf(entry))}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {more || (
        <Text size="sm" c="dimmed" ta="center" mt="md">
          That is all{isFiltered ? ' that was looked for' : ''}.
        </Text>
      )}
    </>
  )
}

/** Calls are known by the id that every answer carries, changes by that of their row. */
export const idOf = ({ id, requestId }: AuditEntry): string => requestId ?? id

function Nothing({ isFiltered, children }: { readonly isFiltered: boolean; readonly children: ReactNode }) {
  const { slug } = useTeamspace()
  if (isFiltered) {
    return (
      <EmptyState
        Icon={IconListSearch}
        title="Nothing like that"
        says={
          children
            ? 'Not in the rows that were looked at; there are older ones.'
            : 'No row is all that is looked for. Take a filter away, or look at a longer time.'
        }
      >
        {children}
      </EmptyState>
    )
  }
  return (
    <EmptyState
      Icon={IconListSearch}
      title="Nothing happened yet"
      says="Every call through the gate and every change to this teamspace will stand here. Connect a client to see the first."
    >
      <Button component={Link} to={`/t/${slug}/setup`} variant="light">
        To the setup guide
      </Button>
    </EmptyState>
  )
}

const TableSkeleton = () => (
  <Paper aria-hidden>
    <Stack gap={6}>
      {Array.from({ length: 12 }, (_, row) => (
        <Skeleton key={row} height={38} />
      ))}
    </Stack>
  </Paper>
)
