import { Anchor, Badge, Group, List, Stack, Text } from '@mantine/core'
import { IconStack2, IconUserCircle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSignedIn } from '../../session/session.ts'
import type { SignedIn } from '../../session/session.ts'
import { Facts } from '../../ui/facts.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Section } from '../../ui/section.tsx'
import { exactTime } from '../../ui/time.tsx'
import { ColorScheme } from './color-scheme.tsx'
import { Sessions } from './sessions.tsx'

export function AccountPage() {
  const signedIn = useSignedIn()
  const { name, isOperator } = signedIn
  return (
    <>
      <PageHeader title="Your account" />
      <Stack gap="md">
        <Section Icon={IconUserCircle} title={name}>
          <Facts
            facts={[
              {
                label: 'Runs',
                value: isOperator && 'this Sallyport: you are an operator, and see and change every teamspace',
              },
              { label: 'This session ends', value: sayEnd(signedIn) },
            ]}
          />
        </Section>
        <Memberships />
        <Sessions />
        <ColorScheme />
      </Stack>
    </>
  )
}

const sayEnd = ({ endsAt, lastsUntil }: SignedIn): string =>
  endsAt < lastsUntil
    ? `${exactTime(endsAt)} unless you do something before; at the latest ${exactTime(lastsUntil)}`
    : exactTime(lastsUntil)

function Memberships() {
  const { isOperator, memberships } = useSignedIn()
  if (isOperator && memberships.length === 0) return null
  return (
    <Section Icon={IconStack2} title="Your teamspaces" about="Who manages a teamspace gives you your role in it.">
      {memberships.length === 0 && <Text size="sm">You belong to none.</Text>}
      <List spacing="xs" listStyleType="none" withPadding={false}>
        {memberships.map(({ slug, name, role }) => (
          <List.Item key={slug}>
            <Group gap="sm">
              <Anchor component={Link} to={`/t/${slug}`}>
                {name}
              </Anchor>
              <Badge component="span" variant="light">
                {role}
              </Badge>
            </Group>
          </List.Item>
        ))}
      </List>
    </Section>
  )
}
