import { Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useSignedIn } from '../../session/session.ts'
import type { Teamspace } from '../../session/use-teamspaces.ts'
import { Time } from '../../ui/time.tsx'
import { OwnerMenu } from './owner-menu.tsx'

export function TeamspaceCard({ teamspace }: { readonly teamspace: Teamspace }) {
  const { slug, name, createdAt } = teamspace
  const { memberships } = useSignedIn()
  const role = memberships.find((each) => each.slug === slug)?.role
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={4} miw={0}>
          <Group gap="xs">
            <Anchor component={Link} to={`/t/${slug}`} fw={650} size="lg">
              {name}
            </Anchor>
            {role && (
              <Badge component="span" variant="light">
                {role}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" component="div">
            <span className="mono">{slug}</span> · created <Time at={createdAt} />
          </Text>
        </Stack>
        {role === 'owner' && <OwnerMenu teamspace={teamspace} />}
      </Group>
    </Paper>
  )
}
