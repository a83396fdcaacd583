import { Alert, Anchor, Group, List, Text } from '@mantine/core'
import { IconServer2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { Facts } from '../../ui/facts.tsx'
import { Section } from '../../ui/section.tsx'
import { KnownTools } from './known-tools.tsx'
import { HealthBadge, HealthText } from './server-health.tsx'
import { isOpenDoor, MODES, outboundText } from './server-words.ts'
import type { AuthMode, KnownTool, ServerAddress } from './servers-queries.ts'

interface ServerCardProps {
  readonly address: ServerAddress
  readonly tools: readonly KnownTool[] | undefined
  /** Kinds that are connected; undefined while, or where, that is not known. */
  readonly connected: ReadonlySet<string> | undefined
}

export function ServerCard({ address: { server, url, bareUrl }, tools, connected }: ServerCardProps) {
  const isOpen = isOpenDoor(server)
  return (
    <Section
      Icon={IconServer2}
      title={
        <Group gap="xs" component="span">
          {server.name}
          {server.health && <HealthBadge health={server.health} />}
        </Group>
      }
    >
      <Facts
        facts={[
          { label: 'Address', value: !isOpen && <CopyField label={`address of ${server.name}`} value={url} /> },
          {
            label: isOpen ? 'Address' : 'Short address',
            value: (
              <>
                <CopyField label={`${isOpen ? '' : 'short '}address of ${server.name}`} value={bareUrl} />
                {!isOpen && (
                  <Text size="xs" c="dimmed">
                    The credential says which teamspace; nobody is led to this teamspace’s sign-in.
                  </Text>
                )}
              </>
            ),
          },
          { label: 'Trusts', value: <Trusts server={server} /> },
          { label: 'The server gets', value: outboundText(server.outbound) },
          { label: 'Stands at', value: server.upstream && <span className="mono">{server.upstream}</span> },
          { label: 'Health', value: server.health && <HealthText health={server.health} /> },
          { label: 'Known tools', value: tools && !isOpen && <KnownTools tools={tools} /> },
        ]}
      />
      {connected && <NobodyComesIn modes={server.auth} connected={connected} />}
    </Section>
  )
}

function Trusts({ server }: Pick<ServerAddress, 'server'>) {
  return (
    <List size="sm" spacing={2}>
      {server.auth.map((mode) => (
        <List.Item key={mode}>
          <b>{MODES[mode].label}</b>: {MODES[mode].trusts}
        </List.Item>
      ))}
    </List>
  )
}

interface NobodyProps {
  readonly modes: readonly AuthMode[]
  readonly connected: ReadonlySet<string>
}

/** Where each way in needs a connection that is not there. */
function NobodyComesIn({ modes, connected }: NobodyProps) {
  const { slug } = useTeamspace()
  const needed = modes.map((mode) => MODES[mode].connection)
  if (needed.some((kind) => kind === undefined || connected.has(kind))) return null
  return (
    <Alert color="yellow" variant="light" mt="md">
      Nobody of this teamspace comes in here yet: what the server trusts is not connected.{' '}
      <Anchor component={Link} to={`/t/${slug}/connections`} inherit underline="always">
        Connect it
      </Anchor>
    </Alert>
  )
}
