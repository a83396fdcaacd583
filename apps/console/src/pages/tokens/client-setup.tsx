import { NativeSelect, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { Snippet } from '../../ui/snippet.tsx'
import { clientSnippets } from './client-snippets.ts'
import { tokenServersQuery } from './tokens-queries.ts'

interface ClientSetupProps {
  readonly token: string
  /** Servers that it is for; null for all. */
  readonly servers: readonly string[] | null
}

/** What to paste where, with the token in it. */
export function ClientSetup({ token, servers }: ClientSetupProps) {
  const { slug } = useTeamspace()
  const { data = [] } = useQuery(tokenServersQuery(slug))
  const usable = servers === null ? data : data.filter(({ name }) => servers.includes(name))
  const [chosen, setChosen] = useState<string>()
  const server = usable.find(({ name }) => name === chosen) ?? usable[0]
  if (!server) return <Text size="sm">No server takes MCP tokens: whoever runs this Sallyport configures that.</Text>
  const snippets = clientSnippets({ ...server, token })
  return (
    <Stack gap="sm">
      {usable.length > 1 && (
        <NativeSelect
          label="Server"
          data={usable.map(({ name }) => name)}
          value={server.name}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      <Tabs defaultValue="claude-desktop" keepMounted={false}>
        <Tabs.List aria-label="Clients">
          {snippets.map(({ client }) => (
            <Tabs.Tab key={client} value={idOf(client)} px="xs">
              {client}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(({ client, title, text, says }) => (
          <Tabs.Panel key={client} value={idOf(client)} pt="sm">
            <Snippet title={title} text={text} />
            {says !== undefined && (
              <Text size="sm" c="dimmed" mt={4}>
                {says}
              </Text>
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  )
}

/** Part of the ids of elements, so without spaces. */
const idOf = (client: string): string => client.toLowerCase().replaceAll(' ', '-')
