import { Skeleton, Stack } from '@mantine/core'
import { IconServer2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { connectionsQuery } from '../connections/connections-queries.ts'
import { ServerCard } from './server-card.tsx'
import { serversQuery, toAddresses, toolsQuery } from './servers-queries.ts'

export function ServersPage() {
  const { slug, manages } = useTeamspace()
  const { data, error, isPending } = useQuery(serversQuery)
  const { data: tools } = useQuery(toolsQuery(slug))
  const { data: connections } = useQuery({ ...connectionsQuery(slug), enabled: manages })
  const connected = connections && new Set<string>(connections.map(({ kind }) => kind))
  const addresses = data ? toAddresses(data, slug) : []
  return (
    <>
      <PageHeader
        title="Servers"
        about="The MCP servers behind the gate, as whoever runs this Sallyport configured them (sallyport.yaml)."
      />
      <ProblemAlert error={error} mb="md" />
      <Stack gap="md">
        {isPending && [0, 1].map((each) => <Skeleton key={each} height={260} />)}
        {data && addresses.length === 0 && (
          <EmptyState
            Icon={IconServer2}
            title="No server yet"
            says="Servers are named in sallyport.yaml. Whoever runs this Sallyport adds them there."
          />
        )}
        {addresses.map((address) => (
          <ServerCard
            key={address.server.name}
            address={address}
            tools={tools?.find(({ server }) => server === address.server.name)?.tools}
            connected={connected}
          />
        ))}
      </Stack>
    </>
  )
}
