import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { connectionKindsQuery } from '../members-queries.ts'
import { EndGroupSync } from './end-group-sync.tsx'
import { FederatedCredential } from './federated-credential.tsx'
import { groupSyncQuery } from './group-sync-queries.ts'
import { RunsSection } from './runs-section.tsx'
import { SettingsForm } from './settings-form.tsx'

export function GroupSyncPanel() {
  const { slug } = useTeamspace()
  const { data: kinds, error: kindsError } = useQuery(connectionKindsQuery(slug))
  const { data, error, refetch } = useQuery(groupSyncQuery(slug))
  const [form, setForm] = useState(0)
  const reload = () => void refetch().then(() => setForm((before) => before + 1))
  const problem = kindsError ?? error
  if (!data || !kinds) return problem ? <ProblemAlert error={problem} /> : <Skeleton height={480} />
  const { body: sync, etag } = data
  if (!kinds.includes('entra') && !sync.settings) return <ConnectEntra slug={slug} />
  return (
    <Stack gap="lg">
      <Text c="dimmed" maw={640}>
        The members of a group in Microsoft Entra become members here, and whoever leaves the group loses access. Only
        people whom group sync brought are ever taken away by it.
      </Text>
      {sync.settings && <RunsSection sync={sync} />}
      <FederatedCredential credential={sync.credential} />
      <SettingsForm key={form} sync={sync} etag={etag} onReload={reload} />
      {sync.settings && <EndGroupSync onEnded={reload} />}
    </Stack>
  )
}

const ConnectEntra = ({ slug }: { readonly slug: string }) => (
  <EmptyState
    Icon={IconPlugConnected}
    title="Connect Entra first"
    says="The Entra connection says in which tenant the group is. Then the people of a group can become members by themselves."
  >
    <Button component={Link} to={`/t/${slug}/connections`}>
      To the connections
    </Button>
  </EmptyState>
)
