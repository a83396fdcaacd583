import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'

export interface Teamspace {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly createdAt: number
}

interface Page {
  readonly teamspaces: readonly Teamspace[]
  readonly next?: string
}

export const teamspacesQuery = queryOptions({
  queryKey: ['teamspaces'],
  queryFn: async ({ signal }) => {
    const all: Teamspace[] = []
    let query = ''
    for (;;) {
      const { teamspaces, next } = await api.get<Page>(`/teamspaces${query}`, signal)
      all.push(...teamspaces)
      if (next === undefined) return all
      query = `?after=${next}`
    }
  },
})

/** Those that the signed-in person belongs to; all of them for the operator. */
export const useTeamspaces = () => useQuery(teamspacesQuery)
