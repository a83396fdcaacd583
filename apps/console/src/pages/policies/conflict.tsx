import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Time } from '../../ui/time.tsx'
import { ChangesView } from './changes-view.tsx'
import { policyQuery } from './policy-queries.ts'
import type { PolicyDraft } from './use-policy-draft.ts'

interface ConflictProps {
  readonly draft: PolicyDraft
  /** The draft is now about what is in force. */
  readonly onResolved: () => void
  readonly onClose: () => void
}

/** What others saved and what is written here, both against what they began with. */
export function Conflict({ draft, onResolved, onClose }: ConflictProps) {
  const { slug } = useTeamspace()
  const { data: theirs, error, isFetching } = useQuery(policyQuery(slug))
  if (error) return <ProblemAlert error={error} />
  if (!theirs || (isFetching && theirs.version === draft.base.version)) return <Skeleton height={240} />
  return (
    <Stack role="alert">
      <Text size="sm">
        {theirs.updatedBy ?? 'Somebody'} saved version {theirs.version} <Time at={theirs.updatedAt} />, after you began.
        Nothing of yours was saved. Choose which of the two holds.
      </Text>
      <section aria-labelledby="theirs-title">
        <Title order={3} size="h5" id="theirs-title" mb="xs">
          What they changed
        </Title>
        <ChangesView before={draft.base.document} after={theirs.document} />
      </section>
      <section aria-labelledby="yours-title">
        <Title order={3} size="h5" id="yours-title" mb="xs">
          What saving yours would change of theirs
        </Title>
        <ChangesView before={theirs.document} after={draft.document} />
      </section>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Decide later
        </Button>
        <Button
          variant="default"
          onClick={() => {
            draft.adopt(theirs)
            onClose()
          }}
        >
          Take theirs, discard mine
        </Button>
        <Button
          onClick={() => {
            draft.rebase(theirs)
            onResolved()
          }}
        >
          Review mine over theirs
        </Button>
      </Group>
    </Stack>
  )
}
