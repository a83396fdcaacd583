import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { SESSION_KEY } from '../../api/query-client.ts'
import { teamspacesQuery } from '../../session/use-teamspaces.ts'
import type { Teamspace } from '../../session/use-teamspaces.ts'

function useRefresh() {
  const client = useQueryClient()
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: teamspacesQuery.queryKey }),
      client.invalidateQueries({ queryKey: SESSION_KEY }),
    ])
  }
}

export function useCreateTeamspace() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (input: { readonly name: string; readonly slug: string }) => api.post<Teamspace>('/teamspaces', input),
    onSuccess: refresh,
  })
}

export function useRenameTeamspace(slug: string) {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (name: string) => api.patch<Teamspace>(`/teamspaces/${slug}`, { name }),
    onSuccess: refresh,
  })
}

export function useRemoveTeamspace(slug: string) {
  const client = useQueryClient()
  const refresh = useRefresh()
  return useMutation({
    mutationFn: () => api.delete<Teamspace>(`/teamspaces/${slug}`),
    onSuccess: async () => {
      client.removeQueries({ queryKey: ['teamspace', slug] })
      await refresh()
    },
  })
}
