import { Badge, Text } from '@mantine/core'

interface PersonProps {
  readonly person: { readonly email: string; readonly displayName: string | null }
  readonly isSelf?: boolean
}

/** Somebody by name, with the e-mail beneath: names are nobody's alone. */
export const Person = ({ person: { email, displayName }, isSelf = false }: PersonProps) => (
  <>
    <Text span inherit fw={550} style={{ overflowWrap: 'anywhere' }}>
      <bdi>{displayName ?? email}</bdi>
    </Text>
    {isSelf && (
      <Badge ml={6} size="sm" variant="light">
        You
      </Badge>
    )}
    {displayName !== null && (
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {email}
      </Text>
    )}
  </>
)
