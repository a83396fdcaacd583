import { Alert, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHandStop } from '@tabler/icons-react'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { Confirm } from '../../../ui/confirm.tsx'
import { Time } from '../../../ui/time.tsx'
import { useConfirmRun } from './group-sync-queries.ts'
import type { SyncRun } from './group-sync-queries.ts'

/** A run that wanted to take out more people than usual. */
export function HeldRun({ run }: { readonly run: SyncRun }) {
  const { slug } = useTeamspace()
  const [isOpen, { open, close }] = useDisclosure(false)
  const confirm = useConfirmRun(slug)
  const people = run.held === 1 ? '1 person' : `${run.held.toLocaleString('en')} people`
  return (
    <>
      <Alert color="yellow" icon={<IconHandStop aria-hidden />} title={`${people} would lose access`}>
        <Text size="sm">
          A run found, <Time at={run.startedAt} />, that {people} left the group, and stopped there to ask. Until you
          confirm they stay members. Is the group wrong, or was it emptied by mistake? Then mend it: the next run takes
          the question back.
        </Text>
        <Group mt="sm">
          <Button color="red" size="xs" onClick={open}>
            Confirm the removal …
          </Button>
        </Group>
      </Alert>
      <Confirm
        opened={isOpen}
        title={`Let ${people} lose access?`}
        says={
          <Text size="sm">
            The group is read again, and nobody is taken out but those who were missing then and are missing still.
            Their access ends with the next call, and MCP tokens that they hold end for good.
          </Text>
        }
        name={slug}
        action="Confirm the removal"
        isPending={confirm.isPending}
        error={confirm.error}
        onConfirm={() => confirm.mutate(run.id, { onSuccess: close })}
        onClose={() => {
          confirm.reset()
          close()
        }}
      />
    </>
  )
}
