import { Stack, Text, Tooltip } from '@mantine/core'
import { ShortValue, shorten } from '../../../ui/short-value.tsx'
import type { Member } from '../members-queries.ts'

interface Terms {
  /** Who vouches for the person. */
  readonly issuer: string
  readonly shortIssuer: string
  /** What the issuer calls the name that it gives. */
  readonly subject: string
}

function termsOf(key: string): Terms {
  const [kind, name = ''] = key.split(':')
  if (kind === 'kubernetes') return { issuer: key, shortIssuer: `cluster ${name}`, subject: 'service account' }
  if (kind !== 'entra') return { issuer: key, shortIssuer: key.replace(/^https:\/\//, ''), subject: 'subject' }
  const tenantId = key.split(':').at(-1) ?? ''
  return { issuer: `Entra tenant ${tenantId}`, shortIssuer: `Entra ${shorten(tenantId)}`, subject: 'object ID' }
}

/** What the gate knows somebody by: never the e-mail. */
export function Identity({ member }: { readonly member: Member }) {
  const { issuer, shortIssuer, subject } = termsOf(member.issuer)
  return (
    <Stack gap={0} component="span" display="inline-flex" maw="100%" style={{ verticalAlign: 'middle' }}>
      <ShortValue label={`${subject} of ${member.email}`} value={member.subject} />
      <Tooltip label={issuer}>
        <Text span size="xs" c="dimmed" maw={220} truncate>
          {shortIssuer}
        </Text>
      </Tooltip>
    </Stack>
  )
}
