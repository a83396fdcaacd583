import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import { useRef } from 'react'

export interface RowAction {
  readonly label: string
  readonly Icon: Icon
  readonly isDangerous?: boolean
  readonly onClick: () => void
}

/** What can be done with one row of a table. */
export function RowMenu({ label, actions }: { readonly label: string; readonly actions: readonly RowAction[] }) {
  const target = useRef<HTMLButtonElement>(null)
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon ref={target} variant="subtle" color="gray" size="lg" aria-label={label}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ label: does, Icon, isDangerous = false, onClick }) => (
          <Menu.Item
            key={does}
            leftSection={<Icon size={16} aria-hidden />}
            {...(isDangerous && { color: 'red' })}
            onClick={() => {
              // A dialog gives the focus back to where it was, and the item will be gone by then.
              target.current?.focus()
              onClick()
            }}
          >
            {does}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
