import { Anchor, Badge, Group, Paper, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useSignedIn } from '../../session/session.ts'
import type { Teamspace } from '../../session/use-teamspaces.ts'
import { RowMenu } from '../../ui/row-menu.tsx'
import { Time } from '../../ui/time.tsx'
import { RemoveTeamspace } from './remove-teamspace.tsx'
import { RenameTeamspace } from './rename-teamspace.tsx'

export function TeamspaceCard({ teamspace }: { readonly teamspace: Teamspace }) {
  const { slug, name, createdAt } = teamspace
  const { isOperator, memberships } = useSignedIn()
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
        {(isOperator || role === 'owner') && <OwnerMenu teamspace={teamspace} />}
      </Group>
    </Paper>
  )
}

function OwnerMenu({ teamspace }: { readonly teamspace: Teamspace }) {
  const [isRenaming, renaming] = useDisclosure(false)
  const [isRemoving, removing] = useDisclosure(false)
  return (
    <>
      <RowMenu
        label={`Actions for ${teamspace.name}`}
        actions={[
          { label: 'Rename', Icon: IconPencil, onClick: renaming.open },
          { label: 'Remove', Icon: IconTrash, isDangerous: true, onClick: removing.open },
        ]}
      />
      <RenameTeamspace teamspace={teamspace} opened={isRenaming} onClose={renaming.close} />
      <RemoveTeamspace teamspace={teamspace} opened={isRemoving} onClose={removing.close} />
    </>
  )
}
