import { Button, Modal, SimpleGrid, Skeleton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus, IconStack2 } from '@tabler/icons-react'
import { useSignedIn } from '../../session/session.ts'
import { useTeamspaces } from '../../session/use-teamspaces.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { RowsSkeleton } from '../../ui/rows-skeleton.tsx'
import { AllTeamspaces } from './all-teamspaces.tsx'
import { NewTeamspace } from './new-teamspace.tsx'
import { TeamspaceCard } from './teamspace-card.tsx'

export function TeamspacesPage() {
  const { isOperator } = useSignedIn()
  const { data: teamspaces, error, isPending } = useTeamspaces()
  const isAny = teamspaces !== undefined && teamspaces.length > 0
  const [isOpen, { open, close }] = useDisclosure(false)
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      New teamspace
    </Button>
  )
  return (
    <>
      <PageHeader title="Teamspaces" about={isOperator && teamspaces?.length !== 0 ? ALL : EACH}>
        {isOperator && create}
      </PageHeader>
      <ProblemAlert error={error} />
      {isPending && (isOperator ? <RowsSkeleton rows={8} height={56} /> : <Skeleton height={96} />)}
      {teamspaces?.length === 0 && (
        <EmptyState
          Icon={IconStack2}
          title="No teamspace yet"
          says={
            isOperator
              ? 'Create the first one, connect its identity provider, and bring its people in.'
              : 'You belong to none. Ask an owner of your teamspace to add you.'
          }
        >
          {isOperator && create}
        </EmptyState>
      )}
      {isOperator && isAny && <AllTeamspaces />}
      {!isOperator && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {teamspaces?.map((teamspace) => (
            <TeamspaceCard key={teamspace.slug} teamspace={teamspace} />
          ))}
        </SimpleGrid>
      )}
      <Modal
        opened={isOpen}
        onClose={close}
        title="New teamspace"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <NewTeamspace onCancel={close} />
      </Modal>
    </>
  )
}

const EACH = 'One for each customer or team: its own sign-in, people, tokens and rules.'
const ALL = 'What happens to the calls of each. Where something is wrong stands on top.'
