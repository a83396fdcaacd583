import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Role } from '../../api/roles.ts'

export interface McpToken {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly role: Role
  /** Null is everything. */
  readonly tool_scopes: readonly string[] | null
  readonly holder: 'teamspace' | 'member'
  readonly holder_member_id: string | null
  readonly created_by: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly expires_soon: boolean
  readonly last_used_at: string | null
  readonly revoked: boolean
  readonly revoked_at: string | null
  readonly revoked_by: string | null
  readonly replaced_by: string | null
  readonly grace_until: string | null
  readonly usable: boolean
}

/** The one answer that has the token itself. */
export type MintedToken = McpToken & { readonly token: string }

interface TokenPage {
  readonly tokens: readonly McpToken[]
  readonly next?: string
}

export interface NewToken {
  readonly name: string
  readonly role: Role
  readonly holder: McpToken['holder']
  readonly tool_scopes?: readonly string[]
  readonly expires_at: string | null
}

export interface Rotation {
  readonly id: string
  readonly grace_seconds: number
}

const PAGE = 50

const tokensKey = (slug: string) => ['tokens', slug] as const
const tokensPath = (slug: string) => `/teamspaces/${slug}/mcp-tokens`

export const tokensQuery = (slug: string) =>
  infiniteQueryOptions({
    queryKey: [...tokensKey(slug), 'list'],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE), ...(pageParam !== '' && { after: pageParam }) })
      return api.get<TokenPage>(`${tokensPath(slug)}?${query}`, signal)
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  })

/** The minted token goes to `onMinted`, also when the form is gone by then, and is kept nowhere else. */
export function useMint(slug: string, onMinted: (minted: MintedToken) => void) {
  return useIssue(slug, (input: NewToken) => api.post<MintedToken>(tokensPath(slug), input), onMinted)
}

export function useRotate(slug: string, onMinted: (minted: MintedToken) => void) {
  const rotate = ({ id, ...body }: Rotation) => api.post<MintedToken>(`${tokensPath(slug)}/${id}/rotate`, body)
  return useIssue(slug, rotate, onMinted)
}

function useIssue<Input>(
  slug: string,
  mutationFn: (input: Input) => Promise<MintedToken>,
  onMinted: (minted: MintedToken) => void,
) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    gcTime: 0,
    onSuccess: (minted) => {
      onMinted(minted)
      void client.invalidateQueries({ queryKey: tokensKey(slug) })
    },
  })
}

export function useRevoke(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id }: McpToken) => api.delete(`${tokensPath(slug)}/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensKey(slug) }),
  })
}

interface Me {
  readonly memberships: readonly {
    readonly teamspace: { readonly slug: string }
    readonly member: { readonly id: string }
  }[]
}

/** As whom the signed-in person holds tokens here; null for the operator, who holds none. */
export const ownMemberIdQuery = (slug: string) =>
  queryOptions({
    queryKey: ['me'],
    queryFn: ({ signal }) => api.get<Me>('/me', signal),
    select: ({ memberships }) => memberships.find(({ teamspace }) => teamspace.slug === slug)?.member.id ?? null,
  })

export interface Server {
  readonly name: string
  readonly path: string
  readonly auth: readonly string[]
}

interface Servers {
  /** Where clients reach the gate. */
  readonly publicUrl?: string
  readonly servers: readonly Server[]
}

export const serversQuery = queryOptions({
  queryKey: ['servers'],
  queryFn: ({ signal }) => api.get<Servers>('/servers', signal),
})

/** Servers that take MCP tokens, with the address that they have in the teamspace. */
export const tokenServersQuery = (slug: string) =>
  queryOptions({
    ...serversQuery,
    select: ({ publicUrl = 'https://YOUR-SALLYPORT', servers }: Servers) =>
      servers
        .filter(({ auth }) => auth.includes('Token'))
        .map(({ name, path }) => ({ name, url: `${publicUrl}/t/${slug}${path}` })),
  })

/** Names of tools that servers were heard to offer. */
export const toolNamesQuery = (slug: string) =>
  queryOptions({
    queryKey: [...tokensKey(slug), 'tool-names'],
    queryFn: async ({ signal }) => {
      const path = `/teamspaces/${slug}/tools`
      const { servers } = await api.get<{ servers: readonly { tools: readonly { name: string }[] }[] }>(path, signal)
      return [...new Set(servers.flatMap(({ tools }) => tools.map(({ name }) => name)))].sort()
    },
  })
