import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'

export interface Teamspace {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly createdAt: number
}

export const teamspacesQuery = queryOptions({
  queryKey: ['teamspaces'],
  queryFn: async ({ signal }) =>
    (await api.get<{ teamspaces: readonly Teamspace[] }>('/teamspaces', signal)).teamspaces,
})

/** Those that the signed-in person belongs to; all of them for the operator. */
export const useTeamspaces = () => useQuery(teamspacesQuery)
