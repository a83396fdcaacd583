import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconKeyOff, IconRefresh } from '@tabler/icons-react'
import type { McpToken } from './tokens-queries.ts'

interface TokenActionsProps {
  readonly token: McpToken
  /** Whoever rotates a token has its successor in hand: of a held one that is the holder alone. */
  readonly canRotate: boolean
  readonly onRotate: () => void
  readonly onRevoke: () => void
}

export function TokenActions({ token, canRotate, onRotate, onRevoke }: TokenActionsProps) {
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Actions for ${token.name}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {canRotate && (
          <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRotate}>
            Rotate
          </Menu.Item>
        )}
        <Menu.Item color="red" leftSection={<IconKeyOff size={16} aria-hidden />} onClick={onRevoke}>
          Revoke
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
