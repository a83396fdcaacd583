import { Text } from '@mantine/core'
import { useTeamspace } from '../../../session/use-teamspace.ts'
import { Confirm } from '../../../ui/confirm.tsx'
import { notifyDone } from '../../../ui/notify.ts'
import { useRevokeScimToken } from './scim-queries.ts'
import type { ScimToken } from './scim-queries.ts'

interface RevokeScimTokenProps {
  readonly token: ScimToken
  readonly opened: boolean
  readonly onClose: () => void
}

export function RevokeScimToken({ token, opened, onClose }: RevokeScimTokenProps) {
  const { slug } = useTeamspace()
  const revoke = useRevokeScimToken(slug)
  const close = () => {
    revoke.reset()
    onClose()
  }
  const confirm = () =>
    revoke.mutate(token, {
      onSuccess: () => {
        notifyDone(`The SCIM token ${token.name} is revoked`)
        close()
      },
    })
  return (
    <Confirm
      opened={opened}
      title={`Revoke ${token.name}?`}
      says={
        <Text size="sm">
          The identity provider is refused from its next request on. Members whom it provisioned stay members, and
          nobody takes them away any more until it has another token.
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
