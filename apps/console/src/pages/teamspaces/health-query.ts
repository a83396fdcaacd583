import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { teamspacesQuery } from '../../session/use-teamspaces.ts'
import type { HealthPage, HealthSearch } from './health.ts'

const EVERY_MS = 15_000
export const PAGE = 50
/** As many as one answer holds; who looks for one among more searches for it. */
export const MOST = 1_000

/** The first so many: what is on top changes, so that pages asked for one after the other would not fit together. */
export const healthQuery = ({ range, search, troubled }: HealthSearch, limit: number) =>
  queryOptions({
    queryKey: [...teamspacesQuery.queryKey, 'health', range, search ?? '', troubled, limit],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ range, limit: String(limit) })
      if (search !== undefined) query.set('search', search)
      if (troubled) query.set('troubled', 'true')
      return api.get<HealthPage>(`/overview/teamspaces?${query}`, signal)
    },
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: false,
    placeholderData: keepPreviousData,
  })
