import { Box, Button, Center, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { serversQuery } from '../servers/servers-queries.ts'
import { HealthFilters } from './health-filters.tsx'
import { healthQuery, MOST, PAGE } from './health-query.ts'
import { HealthTable } from './health-table.tsx'
import type { HealthPage, HealthSearch } from './health.ts'
import { ServersDown } from './servers-down.tsx'
import { useHealthSearch } from './use-health-search.ts'

/** For whoever runs them all: where something is wrong stands on top. */
export function AllTeamspaces() {
  const { search, change } = useHealthSearch()
  const [limit, setLimit] = useState(PAGE)
  const { data, error, isFetching, isPlaceholderData } = useQuery(healthQuery(search, limit))
  const { data: servers, isPending: isWaiting } = useQuery(serversQuery)
  if (!error && (!data || isWaiting)) return <RowsSkeleton rows={8} height={56} />
  return (
    <>
      <ProblemAlert error={error} mb="md" />
      <ServersDown servers={servers?.servers ?? []} />
      <HealthFilters search={search} change={change} />
      {data && (
        <>
          <Text size="sm" c="dimmed" mb="xs" role="status">
            {summaryOf(data, search)}
          </Text>
          {data.teamspaces.length > 0 && (
            <Box opacity={isPlaceholderData ? 0.6 : 1}>
              <HealthTable teamspaces={data.teamspaces} />
            </Box>
          )}
          {data.found > data.teamspaces.length && limit < MOST && (
            <Center mt="md">
              <Button variant="default" loading={isFetching} onClick={() => setLimit(Math.min(limit + PAGE, MOST))}>
                Load more
              </Button>
            </Center>
          )}
        </>
      )}
    </>
  )
}

const count = (many: number, one: string): string => `${many} ${many === 1 ? one : `${one}s`}`

function summaryOf({ teamspaces, found, counts }: HealthPage, { search, troubled }: HealthSearch): string {
  const shown = teamspaces.length < found ? ` The first ${teamspaces.length} are shown.` : ''
  if (search !== undefined && found === 0) {
    return `No teamspace${troubled ? ' with trouble' : ''} has “${search}” in its name or slug.`
  }
  if (search !== undefined) return `${count(found, 'teamspace')} found.${shown}`
  const { broken, warning, note } = counts
  const parts = [
    broken > 0 && `${broken} broken`,
    warning > 0 && count(warning, 'warning'),
    note > 0 && `${note} worth a look`,
  ].filter(Boolean)
  const state = parts.length > 0 ? parts.join(', ') : 'nothing is wrong'
  return `${count(counts.teamspaces, 'teamspace')}: ${state}.${shown}`
}
