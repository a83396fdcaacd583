import { Alert, List } from '@mantine/core'
import { IconServerOff } from '@tabler/icons-react'
import { Time } from '../../ui/time.tsx'
import { isDown } from '../servers/server-health.tsx'
import type { Server } from '../servers/servers-queries.ts'

/** Servers stand behind all teamspaces, so they come before them. */
export function ServersDown({ servers }: { readonly servers: readonly Server[] }) {
  const down = servers.filter(({ health }) => health && isDown(health))
  if (down.length === 0) return null
  const title =
    down.length === 1 ? `The server ${down[0]!.name} does not answer` : `${down.length} servers do not answer`
  return (
    <Alert color="red" icon={<IconServerOff aria-hidden />} title={title} mb="md">
      <List size="sm" listStyleType="none">
        {down.map(({ name, upstream, health }) => (
          <List.Item key={name}>
            <b>{name}</b> at <span className="mono">{upstream}</span>:{' '}
            <span className="mono">{health?.lastFault?.code}</span> <Time at={health?.lastFault?.at} />
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
