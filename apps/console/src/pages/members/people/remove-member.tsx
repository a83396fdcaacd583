import { List, Stack, Text } from '@mantine/core'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { Confirm } from '../../../ui/confirm.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { useRemoveMember } from '../members-queries.ts'
import type { Member } from '../members-queries.ts'

interface RemoveMemberProps {
  readonly member: Member
  readonly opened: boolean
  readonly onClose: () => void
}

export function RemoveMember({ member, opened, onClose }: RemoveMemberProps) {
  const { slug } = useTeamspace()
  const remove = useRemoveMember(slug)
  const close = () => {
    remove.reset()
    onClose()
  }
  const confirm = () =>
    remove.mutate(member, {
      onSuccess: () => {
        notifyDone(`${member.email} is no member any more`)
        close()
      },
    })
  return (
    <Confirm
      opened={opened}
      title={`Remove ${member.email}?`}
      says={<WhatEnds member={member} />}
      action="Remove"
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
      onClose={close}
    />
  )
}

function WhatEnds({ member }: { readonly member: Member }) {
  const { name } = useTeamspace()
  const isProvisioned = member.sources.some((source) => source === 'scim' || source === 'group_sync')
  return (
    <Stack gap="xs">
      <List size="sm" spacing={4}>
        <List.Item>Their access to {name} ends with the next call.</List.Item>
        <List.Item>MCP tokens that they hold are worth nothing from then on, also if they come back.</List.Item>
        <List.Item>Tokens of the teamspace that they minted stay valid: revoke those under Tokens.</List.Item>
        <List.Item>Other teamspaces and the audit trail stay as they are.</List.Item>
      </List>
      {isProvisioned && (
        <Text size="sm">
          SCIM and group sync will not bring back whom you remove here. Adding them by hand or by CSV does.
        </Text>
      )}
      {member.role === 'owner' && <Text size="sm">The last owner stays one until somebody else is owner, too.</Text>}
    </Stack>
  )
}
