import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ProblemError } from '../../api/client.ts'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { notifyDone } from '../../ui/notify.ts'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { ChangesView } from './changes-view.tsx'
import { Conflict } from './conflict.tsx'
import { policyQuery, savePolicy } from './policy-queries.ts'
import type { PolicyDraft } from './use-policy-draft.ts'

interface ReviewModalProps {
  readonly isOpen: boolean
  readonly draft: PolicyDraft
  readonly warnings: readonly string[]
  readonly onClose: () => void
}

const isStale = (error: unknown): boolean =>
  error instanceof ProblemError && (error.status === 412 || error.status === 428)

/** The last look before it counts. */
export function ReviewModal({ isOpen, draft, warnings, onClose }: ReviewModalProps) {
  const { slug } = useTeamspace()
  const client = useQueryClient()
  const { queryKey } = policyQuery(slug)
  const save = useMutation({
    mutationFn: () => savePolicy(slug, draft.document, draft.base.etag),
    onSuccess: (saved) => {
      client.setQueryData(queryKey, saved)
      draft.adopt(saved)
      notifyDone('The policy is in force from the next call on')
      close()
    },
    onError: (error) => isStale(error) && client.invalidateQueries({ queryKey }),
  })
  const close = () => {
    save.reset()
    onClose()
  }
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      size="xl"
      title={isStale(save.error) ? 'Somebody else saved meanwhile' : 'Save the policy?'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {isStale(save.error) ? (
        <Conflict draft={draft} onResolved={save.reset} onClose={close} />
      ) : (
        <Stack>
          <Text size="sm">It counts from the next call on. Calls that are open already are not cut.</Text>
          <ChangesView before={draft.base.document} after={draft.document} />
          {warnings.length > 0 && (
            <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title="It may not do what you think">
              {warnings.map((warning) => (
                <Text key={warning} size="sm">
                  {warning}
                </Text>
              ))}
            </Alert>
          )}
          <ProblemAlert error={save.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep editing
            </Button>
            <Button onClick={() => save.mutate()} loading={save.isPending} data-autofocus>
              Save
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
