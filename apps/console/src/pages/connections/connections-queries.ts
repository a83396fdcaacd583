import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import type { Connection, ConnectionKind, ConnectionTest } from './connection.ts'

const path = (slug: string, kind?: ConnectionKind): string =>
  `/teamspaces/${slug}/connections${kind === undefined ? '' : `/${kind}`}`

export const connectionsQuery = (slug: string) =>
  queryOptions({
    queryKey: ['teamspace', slug, 'connections'],
    queryFn: async ({ signal }) =>
      (await api.get<{ connections: readonly Connection[] }>(path(slug), signal)).connections,
  })

/** One connection as it is now, with the tag that says so when it is saved again. */
export const useTaggedConnection = (slug: string, kind: ConnectionKind, isWanted: boolean) =>
  useQuery({
    queryKey: ['teamspace', slug, 'connection', kind],
    queryFn: ({ signal }) => api.getTagged<Connection>(path(slug, kind), signal),
    enabled: isWanted,
    // Always as it is when the form opens, and never changed under somebody's hands.
    staleTime: Infinity,
    gcTime: 0,
  })

interface Saving {
  readonly settings: object
  readonly ifMatch: string | undefined
  /** People whom the connection would know no more may lose access. */
  readonly confirmOrphans?: boolean
}

export type Saved = Connection & { readonly warnings?: readonly string[] }

/** Forgets its variables at once: there may be a secret among them. */
export function useSaveConnection(slug: string, kind: ConnectionKind) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ settings, ifMatch, confirmOrphans = false }: Saving) =>
      (await api.put<Saved>(`${path(slug, kind)}${confirmOrphans ? '?confirmOrphans=true' : ''}`, settings, ifMatch))
        .body,
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: ['teamspace', slug] }),
  })
}

export function useRemoveConnection(slug: string, kind: ConnectionKind) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete<{ removedMembers: number }>(path(slug, kind)),
    onSuccess: () => client.invalidateQueries({ queryKey: ['teamspace', slug] }),
  })
}

/** What is typed, before it is saved. */
export const useTestTarget = (slug: string, kind: ConnectionKind) =>
  useMutation({
    mutationFn: (target: object) => api.post<ConnectionTest>(`${path(slug, kind)}/test`, target),
    gcTime: 0,
  })

/** What is saved. What that shows is kept with the connection. */
export function useTestSaved(slug: string, kind: ConnectionKind) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<ConnectionTest>(`${path(slug, kind)}/test`),
    onSuccess: () => client.invalidateQueries({ queryKey: connectionsQuery(slug).queryKey }),
  })
}
