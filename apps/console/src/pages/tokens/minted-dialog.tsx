import { Title } from '@mantine/core'
import { ShownOnce } from '../../ui/shown-once.tsx'
import { ClientSetup } from './client-setup.tsx'
import type { MintedToken } from './tokens-queries.ts'

const serversOf = (scopes: readonly string[] | null): readonly string[] | null => {
  const servers = (scopes ?? []).filter((scope) => scope.startsWith('server:'))
  return servers.length === 0 ? null : servers.map((scope) => scope.slice('server:'.length))
}

export function MintedDialog({ minted, onClose }: { readonly minted: MintedToken; readonly onClose: () => void }) {
  return (
    <ShownOnce title={`The token ${minted.name}`} label="MCP token" secret={minted.token} onClose={onClose}>
      <Title order={3} size="h5">
        In your client
      </Title>
      <ClientSetup token={minted.token} servers={serversOf(minted.tool_scopes)} />
    </ShownOnce>
  )
}
