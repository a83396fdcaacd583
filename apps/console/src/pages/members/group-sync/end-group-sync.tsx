import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { Confirm } from '../../../ui/confirm.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { useEndGroupSync } from './group-sync-queries.ts'

export function EndGroupSync({ onEnded }: { readonly onEnded: () => void }) {
  const { slug } = useTeamspace()
  const [isOpen, { open, close }] = useDisclosure(false)
  const [revoke, setRevoke] = useState(false)
  const end = useEndGroupSync(slug)
  const confirm = () =>
    end.mutate(revoke, {
      onSuccess: ({ revoked }) => {
        notifyDone(revoked > 0 ? `Group sync is ended; ${revoked} lost access` : 'Group sync is ended; everybody stays')
        close()
        onEnded()
      },
    })
  return (
    <Group>
      <Button variant="subtle" color="red" onClick={open}>
        End group sync …
      </Button>
      <Confirm
        opened={isOpen}
        title="End group sync?"
        says={
          <Stack gap="sm">
            <Text size="sm">
              Nobody is added or taken away by the group any more, and the list of runs goes. Whom it brought stays a
              member, unless you say otherwise.
            </Text>
            <Checkbox
              label="Whoever is a member by group sync alone loses access"
              checked={revoke}
              onChange={(event) => setRevoke(event.currentTarget.checked)}
            />
          </Stack>
        }
        name={slug}
        action="End group sync"
        isPending={end.isPending}
        error={end.error}
        onConfirm={confirm}
        onClose={() => {
          end.reset()
          setRevoke(false)
          close()
        }}
      />
    </Group>
  )
}
