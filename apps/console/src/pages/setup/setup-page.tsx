import { Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { connectionsQuery } from '../connections/connections-queries.ts'
import { Checklist } from './checklist.tsx'
import { Clients } from './clients.tsx'
import { EntraGuide } from './entra-guide.tsx'
import { GroupSyncGuide } from './group-sync-guide.tsx'

export function SetupPage() {
  const { name, manages } = useTeamspace()
  return (
    <>
      <PageHeader
        title="Setup guide"
        about={
          manages
            ? `From nothing to the first call, with the values of ${name} filled in.`
            : `How your MCP client reaches the servers of ${name}.`
        }
      />
      <Stack gap="md">{manages ? <ManagersGuide /> : <Clients clientId={undefined} />}</Stack>
    </>
  )
}

/** Entra’s part stands there where it is used, or where nothing is decided yet. */
function ManagersGuide() {
  const { slug } = useTeamspace()
  const { data: connections, isPending } = useQuery(connectionsQuery(slug))
  const entra = connections?.find((each) => each.kind === 'entra')
  const mayBeEntra = connections !== undefined && (entra !== undefined || connections.length === 0)
  return (
    <>
      <Checklist />
      {isPending ? (
        <Skeleton height={900} />
      ) : (
        <>
          {mayBeEntra && <EntraGuide connection={entra} />}
          <Clients clientId={entra?.audience} />
          {mayBeEntra && <GroupSyncGuide />}
        </>
      )}
    </>
  )
}
