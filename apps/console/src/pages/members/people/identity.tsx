import { Stack, Text } from '@mantine/core'
import { ShortValue } from '../../../ui/short-value.tsx'
import type { Member } from '../members-queries.ts'

interface Terms {
  /** Who vouches for the person. */
  readonly issuer: string
  /** What the issuer calls the name that it gives. */
  readonly subject: string
}

function termsOf({ issuer }: Pick<Member, 'issuer'>): Terms {
  const [kind, , ...rest] = issuer.split(':')
  if (kind === 'entra') return { issuer: `Entra tenant ${rest.join(':')}`, subject: 'object ID' }
  if (kind === 'kubernetes')
    return { issuer: `Cluster ${issuer.slice('kubernetes:'.length)}`, subject: 'service account' }
  return { issuer, subject: 'subject' }
}

/** What the gate knows somebody by: never the e-mail. */
export function Identity({ member }: { readonly member: Member }) {
  const { issuer, subject } = termsOf(member)
  return (
    <Stack gap={0} component="span" display="inline-flex">
      <ShortValue label={`${subject} of ${member.email}`} value={member.subject} />
      <Text span size="xs" c="dimmed" className="mono" title={issuer} maw={260} truncate>
        {issuer}
      </Text>
    </Stack>
  )
}
