import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '../../api/client.ts'

export type AuthMode = 'EntraJwt' | 'Oidc' | 'Token' | 'Kubernetes' | 'Gateway' | 'None'
export type ToolClass = 'read' | 'write' | 'destructive'

export interface Server {
  readonly name: string
  readonly path: string
  /** Where the server stands; for the operator only, as is its health. */
  readonly upstream?: string
  readonly auth: readonly AuthMode[]
  readonly outbound: string
  readonly health?: ServerHealth
}

/** As calls show it; the server is asked nothing for this. */
export interface ServerHealth {
  readonly openCalls: number
  readonly openStreams: number
  /** In the last five minutes. */
  readonly recentErrors: number
  readonly lastAnswer?: { readonly status: number; readonly at: number }
  readonly lastFault?: { readonly code: string; readonly at: number }
}

interface ServersView {
  /** The gate's own address, below which the servers are. */
  readonly publicUrl?: string
  readonly servers: readonly Server[]
}

export const serversQuery = queryOptions({
  queryKey: ['servers'],
  queryFn: ({ signal }) => api.get<ServersView>('/servers', signal),
  refetchInterval: 15_000,
})

export interface KnownTool {
  readonly name: string
  readonly title?: string
  /** The one that rules go by. */
  readonly class: ToolClass
  /** What the server says, where the operator says otherwise. */
  readonly heardClass?: ToolClass
  readonly seenAt: number
}

export const toolsQuery = (slug: string) =>
  queryOptions({
    queryKey: ['teamspace', slug, 'tools'],
    queryFn: async ({ signal }) =>
      (
        await api.get<{ servers: readonly { readonly server: string; readonly tools: readonly KnownTool[] }[] }>(
          `/teamspaces/${slug}/tools`,
          signal,
        )
      ).servers,
  })

export interface ServerAddress {
  readonly server: Server
  /** With the teamspace in it: the sign-in is found before anybody has signed in. */
  readonly url: string
  /** Without: the credential says which teamspace. */
  readonly bareUrl: string
}

/** What clients of a teamspace are configured with. */
export const toAddresses = ({ publicUrl = '', servers }: ServersView, slug: string): readonly ServerAddress[] =>
  servers.map((server) => ({
    server,
    url: `${publicUrl}/t/${slug}${server.path}`,
    bareUrl: `${publicUrl}${server.path}`,
  }))

export function useServerAddresses(slug: string): readonly ServerAddress[] {
  const { data } = useQuery(serversQuery)
  return data ? toAddresses(data, slug) : []
}
