import { Alert, List, Skeleton, Stack } from '@mantine/core'
import { IconInfoCircle, IconLock } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ConnectionCard } from './connection-card.tsx'
import { connectionsQuery } from './connections-queries.ts'
import { KIND_ORDER, KINDS } from './kinds.ts'

export function ConnectionsPage() {
  const { manages } = useTeamspace()
  return manages ? <Connections /> : <NotYours />
}

function NotYours() {
  const { name } = useTeamspace()
  return (
    <>
      <PageHeader title="Connections" />
      <EmptyState
        Icon={IconLock}
        title="For owners and admins"
        says={`How people of ${name} prove who they are is set by its owners and admins.`}
      />
    </>
  )
}

function Connections() {
  const { slug } = useTeamspace()
  const { data: connections, error, isPending } = useQuery(connectionsQuery(slug))
  return (
    <>
      <PageHeader title="Connections" about="How people and workloads of this teamspace prove who they are." />
      <ProblemAlert error={error} mb="md" />
      <Stack gap="md">
        {isPending && KIND_ORDER.map((kind) => <Skeleton key={kind} height={110} />)}
        {connections?.length === 0 && <WhichOne />}
        {connections &&
          KIND_ORDER.map((kind) => (
            <ConnectionCard key={kind} kind={kind} connection={connections.find((each) => each.kind === kind)} />
          ))}
      </Stack>
    </>
  )
}

/** Where there is none yet. */
function WhichOne() {
  return (
    <Alert
      variant="light"
      icon={<IconInfoCircle aria-hidden />}
      title="Nothing is connected yet, so nobody can sign in"
    >
      <List size="sm" spacing={4}>
        {KIND_ORDER.map((kind) => (
          <List.Item key={kind}>
            <b>{KINDS[kind].title}</b>, {KINDS[kind].takeIt}
          </List.Item>
        ))}
        <List.Item>
          <b>None of them</b>, if clients only bring MCP tokens that are minted here.
        </List.Item>
      </List>
    </Alert>
  )
}
