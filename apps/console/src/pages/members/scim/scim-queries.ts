import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import type { ConnectionKind } from '../members-queries.ts'

export interface ScimToken {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly connection: ConnectionKind
  readonly created_by: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
  readonly revoked_at: string | null
  readonly usable: boolean
}

export interface NewScimToken {
  readonly name: string
  readonly connection: 'entra' | 'oidc'
  readonly expires_at: string | null
}

/** The one answer that has the token itself. */
export type CreatedScimToken = ScimToken & { readonly token: string }

const path = (slug: string) => `/teamspaces/${slug}/scim-tokens`

export const scimTokensQuery = (slug: string) =>
  queryOptions({
    queryKey: ['scim-tokens', slug],
    queryFn: async ({ signal }) => (await api.get<{ tokens: readonly ScimToken[] }>(path(slug), signal)).tokens,
  })

/** Its answer goes to `onCreated`, also when the form is gone by then, and is kept nowhere else. */
export function useCreateScimToken(slug: string, onCreated: (created: CreatedScimToken) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: NewScimToken) => api.post<CreatedScimToken>(path(slug), input),
    gcTime: 0,
    onSuccess: (created) => {
      onCreated(created)
      void client.invalidateQueries({ queryKey: scimTokensQuery(slug).queryKey })
    },
  })
}

export function useRevokeScimToken(slug: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id }: ScimToken) => api.delete(`${path(slug)}/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: scimTokensQuery(slug).queryKey }),
  })
}
