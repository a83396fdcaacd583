import { Alert, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHandStop } from '@tabler/icons-react'
import { Dialog } from '../../../ui/dialog.tsx'
import { Time } from '../../../ui/time.tsx'
import type { SyncRun } from './group-sync-queries.ts'
import { HeldReview } from './held-review.tsx'

/** A run that wanted to take out more people than usual. */
export function HeldRun({ run }: { readonly run: SyncRun }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const people = run.held === 1 ? '1 person' : `${run.held.toLocaleString('en')} people`
  return (
    <>
      <Alert color="yellow" icon={<IconHandStop aria-hidden />} title={`${people} left the group`}>
        <Text size="sm">
          A run found that, <Time at={run.startedAt} />, and stopped there to ask. Until you confirm they stay members.
          Is the group wrong, or was it emptied by mistake? Then mend it: the next run takes the question back.
        </Text>
        <Group mt="sm">
          <Button color="red" size="xs" onClick={open}>
            See whom, and confirm …
          </Button>
        </Group>
      </Alert>
      <Dialog opened={isOpen} title="Let these people go?" size="lg" onClose={close}>
        <HeldReview runId={run.id} onClose={close} />
      </Dialog>
    </>
  )
}
