import { Button, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { ProblemAlert } from '../../../ui/problem-alert.tsx'
import { connectionKindsQuery } from '../members-queries.ts'
import { AddMember } from './add-member.tsx'

export function AddMemberDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const { slug } = useTeamspace()
  const { data: kinds, error } = useQuery(connectionKindsQuery(slug))
  return (
    <Dialog opened={opened} title="Add member" onClose={onClose}>
      {kinds === undefined && (error ? <ProblemAlert error={error} /> : <Skeleton height={420} />)}
      {kinds?.length === 0 && <ConnectFirst slug={slug} />}
      {kinds && kinds.length > 0 && <AddMember kinds={kinds} onClose={onClose} />}
    </Dialog>
  )
}

const ConnectFirst = ({ slug }: { readonly slug: string }) => (
  <Stack>
    <Text>
      Nobody vouches for people here yet. An identity belongs to whoever issues it, so connect the identity provider
      first.
    </Text>
    <Button component={Link} to={`/t/${slug}/connections`}>
      To the connections
    </Button>
  </Stack>
)
