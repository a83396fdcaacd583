import { Badge } from '@mantine/core'
import { IconClockExclamation } from '@tabler/icons-react'
import { Time } from '../../ui/time.tsx'
import type { McpToken } from './tokens-queries.ts'

const quiet = { variant: 'light', color: 'gray' } as const

/** Whether it is accepted, and until when if that is soon. */
export function TokenStatus({ token }: { readonly token: McpToken }) {
  if (token.revoked) return <Badge {...quiet}>Revoked</Badge>
  if (!token.usable) return <Badge {...quiet}>{whyEnded(token)}</Badge>
  if (token.replaced_by !== null && token.grace_until !== null) {
    return (
      <Badge variant="light" color="yellow">
        Rotated, ends <Time at={Date.parse(token.grace_until)} />
      </Badge>
    )
  }
  if (token.expires_soon && token.expires_at !== null) {
    return (
      <Badge variant="light" color="yellow" leftSection={<IconClockExclamation size={14} aria-hidden />}>
        Expires <Time at={Date.parse(token.expires_at)} />
      </Badge>
    )
  }
  return (
    <Badge variant="light" color="teal">
      Accepted
    </Badge>
  )
}

function whyEnded({ expires_at, grace_until }: McpToken): string {
  const now = Date.now()
  if (grace_until !== null && Date.parse(grace_until) <= now) return 'Rotated'
  if (expires_at !== null && Date.parse(expires_at) <= now) return 'Expired'
  return 'Its holder is gone'
}
