import { ActionIcon, Menu } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconCopy, IconDots, IconTrash } from '@tabler/icons-react'

export interface RulePlace {
  readonly index: number
  readonly count: number
}

interface RuleMenuProps {
  readonly name: string
  readonly place: RulePlace
  readonly onDuplicate: () => void
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}

/** Nothing here counts before the policy is saved, so nothing asks twice. */
export function RuleMenu({ name, place, onDuplicate, onMove, onRemove }: RuleMenuProps) {
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More for ${name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} aria-hidden />} onClick={onDuplicate}>
          Duplicate
        </Menu.Item>
        {place.index > 0 && (
          <Menu.Item leftSection={<IconArrowUp size={16} aria-hidden />} onClick={() => onMove(-1)}>
            Move up
          </Menu.Item>
        )}
        {place.index < place.count - 1 && (
          <Menu.Item leftSection={<IconArrowDown size={16} aria-hidden />} onClick={() => onMove(1)}>
            Move down
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash size={16} aria-hidden />} onClick={onRemove}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
