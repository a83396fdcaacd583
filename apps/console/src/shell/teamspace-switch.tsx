import { Button, Menu, ScrollArea, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import type { SignedIn } from '../session/session.ts'
import { useTeamspaces } from '../session/use-teamspaces.ts'

/** Beyond, a list with a search serves better. */
const MOST = 50

/** Which teamspace the pages are about. */
export function TeamspaceSwitch({ signedIn }: { readonly signedIn: SignedIn }) {
  const { slug } = useParams({ strict: false })
  const { data: teamspaces = [] } = useTeamspaces()
  if (teamspaces.length === 0) return null
  const current = teamspaces.find((teamspace) => teamspace.slug === slug)
  return (
    <Menu width={260} position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          rightSection={<IconChevronDown size={14} aria-hidden />}
          maw={{ base: 190, xs: 260 }}
        >
          <Text span size="sm" truncate>
            {current?.name ?? slug ?? 'Teamspaces'}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={320}>
          {teamspaces.slice(0, MOST).map((teamspace) => (
            <Menu.Item
              key={teamspace.slug}
              component={Link}
              to={`/t/${teamspace.slug}`}
              {...(teamspace.slug === slug && { 'aria-current': 'true' as const })}
            >
              <Text size="sm" fw={teamspace.slug === slug ? 700 : 400} truncate>
                {teamspace.name}
              </Text>
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
        {(signedIn.isOperator || teamspaces.length > MOST) && (
          <>
            <Menu.Divider />
            <Menu.Item component={Link} to="/teamspaces">
              All teamspaces
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
