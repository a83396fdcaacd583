import { Text } from '@mantine/core'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { notifyDone } from '../../ui/notify.ts'
import { Time } from '../../ui/time.tsx'
import { useRevoke } from './tokens-queries.ts'
import type { McpToken } from './tokens-queries.ts'

interface RevokeTokenProps {
  readonly token: McpToken
  readonly opened: boolean
  readonly onClose: () => void
}

export function RevokeToken({ token, opened, onClose }: RevokeTokenProps) {
  const { slug } = useTeamspace()
  const revoke = useRevoke(slug)
  const close = () => {
    revoke.reset()
    onClose()
  }
  const confirm = () =>
    revoke.mutate(token, {
      onSuccess: () => {
        notifyDone(`The MCP token ${token.name} is revoked`)
        close()
      },
    })
  return (
    <Confirm
      opened={opened}
      title={`Revoke ${token.name}?`}
      says={
        <Text size="sm">
          Whatever uses it is refused from its next call on, and for ever. It was last used:{' '}
          <Time at={token.last_used_at === null ? null : Date.parse(token.last_used_at)} />.
        </Text>
      }
      name={token.name}
      action="Revoke"
      isPending={revoke.isPending}
      error={revoke.error}
      onConfirm={confirm}
      onClose={close}
    />
  )
}
