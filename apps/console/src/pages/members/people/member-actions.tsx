import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconUserMinus, IconUserShield } from '@tabler/icons-react'
import type { Member } from '../members-queries.ts'

interface MemberActionsProps {
  readonly member: Member
  readonly onChangeRole: () => void
  readonly onRemove: () => void
}

export function MemberActions({ member, onChangeRole, onRemove }: MemberActionsProps) {
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Actions for ${member.email}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserShield size={16} aria-hidden />} onClick={onChangeRole}>
          Change the role
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconUserMinus size={16} aria-hidden />} onClick={onRemove}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
