import { List, Stack, Text } from '@mantine/core'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { notifyDone } from '../../ui/notify.ts'
import type { ConnectionKind } from './connection.ts'
import { useRemoveConnection } from './connections-queries.ts'
import { peopleText, useMemberCount } from './count-members.ts'
import { KINDS } from './kinds.ts'

interface RemoveConnectionProps {
  readonly kind: ConnectionKind
  readonly opened: boolean
  readonly onClose: () => void
}

/** All that goes with a connection, before it goes. */
export function RemoveConnection({ kind, opened, onClose }: RemoveConnectionProps) {
  const { slug } = useTeamspace()
  const { data: members } = useMemberCount(slug, kind, opened)
  const remove = useRemoveConnection(slug, kind)
  const { title } = KINDS[kind]
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: ({ removedMembers }) => {
        notifyDone(`Removed the ${title} connection, and ${peopleText({ count: removedMembers, isMore: false })}.`)
        onClose()
      },
    })
  return (
    <Confirm
      opened={opened}
      title={`Remove the ${title} connection`}
      name={slug}
      action="Remove"
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={onClose}
      says={
        <Stack gap="xs">
          <Text size="sm">This cannot be taken back. With the connection go:</Text>
          <List size="sm">
            <List.Item>its settings and its stored credential;</List.Item>
            <List.Item>
              <b role="status">{members ? peopleText(members) : 'all members'}</b> whom it vouches for, those of an
              earlier {KINDS[kind].source} included;
            </List.Item>
            <List.Item>the MCP tokens that those members hold. Tokens of the teamspace itself stay.</List.Item>
          </List>
          <Text size="sm">All of them are refused from their next call on.</Text>
        </Stack>
      }
    />
  )
}
