import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { toQuery } from './audit-search.ts'
import type { AuditSearch } from './audit-search.ts'

/** A row of the trail: a call, the announcement of one, or a change. */
export interface AuditEntry {
  readonly id: string
  readonly kind: 'call' | 'attempt' | 'admin'
  readonly at: number
  readonly requestId?: string
  readonly decision?: 'allowed' | 'denied' | 'fault'
  readonly rule?: string
  readonly dryRun?: string
  readonly server?: string
  readonly rpcMethod?: string
  readonly target?: string
  readonly email?: string
  readonly principal?: string
  readonly subject?: string
  readonly tokenId?: string
  readonly claimed?: { readonly name?: string; readonly id?: string }
  readonly status?: number
  readonly durationMs?: number
  readonly actor?: string
  readonly action?: string
  readonly before?: unknown
  readonly after?: unknown
}

export interface AuditPage {
  readonly events: readonly AuditEntry[]
  /** Goes on as `before`, while there is more. */
  readonly older?: string
  /** Goes on as `after`, to what comes. */
  readonly newer?: string
  readonly more?: boolean
}

const PAGE = 50

export async function fetchPage(slug: string, query: URLSearchParams, signal?: AbortSignal): Promise<AuditPage> {
  query.set('limit', String(PAGE))
  return api.get<AuditPage>(`/teamspaces/${slug}/audit?${query}`, signal)
}

/** The trail from its newest row on. A page may be empty though there is more: a request looks at so many rows only. */
export const trailQuery = (slug: string, { open: _, ...search }: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', slug, 'trail', search],
    queryFn: ({ signal, pageParam }) => {
      const query = toQuery(search, Date.now())
      if (pageParam !== undefined) query.set('before', pageParam)
      return fetchPage(slug, query, signal)
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ older }) => older,
    staleTime: 30_000,
    refetchOnWindowFocus: false, // rows would move while they are read; following live is a switch
  })

/** One call, explained. */
export interface Decision {
  readonly requestId: string
  readonly at: string
  readonly decision: 'allowed' | 'denied' | 'fault'
  readonly step?: string
  readonly rule: string
  readonly says: string
  readonly expected?: unknown
  readonly presented?: unknown
  readonly detail?: Readonly<Record<string, unknown>>
  readonly fix?: string
  readonly dryRun?: unknown
  readonly caller: Readonly<Record<string, unknown>>
  readonly call: Readonly<Record<string, unknown>>
  readonly exchange?: unknown
  readonly status?: unknown
  readonly upstreamStatus?: unknown
  readonly durationMs?: unknown
  readonly isFinished: boolean
}

export const decisionQuery = (slug: string, requestId: string) =>
  queryOptions({
    queryKey: ['decision', slug, requestId],
    queryFn: ({ signal }) =>
      api.get<Decision>(`/teamspaces/${slug}/decisions/${encodeURIComponent(requestId)}`, signal),
    staleTime: 60_000,
  })

export interface ChainPage {
  readonly checked: number
  readonly place: { readonly seq: number; readonly hash: string }
  readonly prunedTo: number
  readonly problem?: { readonly seq: number; readonly id?: string; readonly says: string }
  readonly isWhole: boolean
}

/** Checks the next rows of the chain, after a place that was found whole. */
export const fetchChainPage = (slug: string, after: ChainPage['place'], signal: AbortSignal): Promise<ChainPage> =>
  api.get<ChainPage>(
    `/teamspaces/${slug}/audit/verify?${new URLSearchParams({ seq: String(after.seq), hash: after.hash, limit: '1000' })}`,
    signal,
  )
