import { Anchor, Select, Skeleton, Stack, Tabs, Text } from '@mantine/core'
import { IconTerminal2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { isOpenDoor } from '../servers/server-words.ts'
import { serversQuery, toAddresses } from '../servers/servers-queries.ts'
import type { ServerAddress } from '../servers/servers-queries.ts'
import { clientConfigs } from './client-configs.ts'

interface ClientsProps {
  /** Of the gateway app, for clients that ask for it. */
  readonly clientId: string | undefined
}

/** What people paste into their MCP client. */
export function Clients({ clientId }: ClientsProps) {
  const { slug } = useTeamspace()
  const { data, error, isPending } = useQuery(serversQuery)
  const addresses = data ? toAddresses(data, slug).filter(({ server }) => !isOpenDoor(server)) : []
  const [chosen, setChosen] = useState<string | null>(null)
  const address = addresses.find(({ server }) => server.name === chosen) ?? addresses[0]
  return (
    <Section
      Icon={IconTerminal2}
      id="clients"
      title="MCP clients"
      about="A client needs the address of a server; it finds the sign-in by itself."
    >
      {isPending && <Skeleton height={260} />}
      <ProblemAlert error={error} />
      {data && !address && <Text size="sm">No server has people of a teamspace as callers yet.</Text>}
      {address && (
        <Stack gap="md">
          {addresses.length > 1 && (
            <Select
              label="Server"
              data={addresses.map(({ server }) => server.name)}
              value={address.server.name}
              onChange={setChosen}
              allowDeselect={false}
              maw={320}
            />
          )}
          <CopyField label="address of the server" value={address.url} />
          <Ways address={address} clientId={clientId} />
        </Stack>
      )}
    </Section>
  )
}

interface WaysProps extends ClientsProps {
  readonly address: ServerAddress
}

function Ways({ address: { server, url }, clientId }: WaysProps) {
  const signsIn = server.auth.includes('EntraJwt') || server.auth.includes('Oidc')
  return (
    <>
      {signsIn && <Configs name={server.name} url={url} />}
      {signsIn && server.auth.includes('EntraJwt') && (
        <Text size="sm" component="div">
          Does the client ask for a client ID? It is that of the gateway app
          {clientId === undefined ? '; whoever manages this teamspace knows it.' : ':'}
          {clientId !== undefined && <CopyField label="client ID of the gateway app" value={clientId} />}
        </Text>
      )}
      {server.auth.includes('Token') && <TokenWay isOnly={!signsIn} />}
      {server.auth.includes('Kubernetes') && (
        <Text size="sm">
          Workloads of a cluster send the token of their service account as{' '}
          <span className="mono">Authorization: Bearer</span>, projected for the audience of the connection.
        </Text>
      )}
    </>
  )
}

function TokenWay({ isOnly }: { readonly isOnly: boolean }) {
  const { slug } = useTeamspace()
  return (
    <Text size="sm">
      {isOnly
        ? 'Nobody signs in at this server: clients bring an MCP token.'
        : 'Clients that cannot sign in bring an MCP token.'}{' '}
      <Anchor component={Link} to={`/t/${slug}/tokens`} inherit underline="always">
        Tokens
      </Anchor>{' '}
      mints one, and shows it once with what to paste for each client.
    </Text>
  )
}

function Configs({ name, url }: { readonly name: string; readonly url: string }) {
  const configs = clientConfigs({ name, url })
  return (
    <Tabs defaultValue={toValue(configs[0]!.client)}>
      <Tabs.List aria-label="Clients">
        {configs.map(({ client }) => (
          <Tabs.Tab key={client} value={toValue(client)}>
            {client}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {configs.map(({ client, title, text, says }) => (
        <Tabs.Panel key={client} value={toValue(client)} pt="md">
          <Snippet title={title} text={text} />
          <Text size="sm" mt="xs">
            {says}
          </Text>
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}

/** Part of an id, where a space would end it. */
const toValue = (client: string): string => client.replaceAll(' ', '-')
