import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'

export const RANGES = ['1h', '24h', '7d', '30d'] as const
export type Range = (typeof RANGES)[number]
export const RANGE_LABELS: Readonly<Record<Range, string>> = {
  '1h': '1 h',
  '24h': '24 h',
  '7d': '7 days',
  '30d': '30 days',
}

interface Tally {
  readonly calls: number
  readonly denied: number
  readonly faults: number
}

export interface Totals extends Tally {
  readonly p95: number | null
}

export interface ToolTally extends Tally {
  readonly server: string
  readonly tool: string
}

export interface Refusal {
  readonly code: string
  readonly calls: number
  readonly decision: 'denied' | 'fault'
  readonly says: string
}

export interface LastCall {
  readonly requestId: string
  readonly at: number
  readonly decision?: 'allowed' | 'denied' | 'fault'
  readonly rule?: string
  readonly server?: string
  readonly rpcMethod?: string
  readonly target?: string
  readonly principal?: string
  readonly email?: string
  readonly durationMs?: number
}

type Column<Value> = readonly Value[]

export interface Overview {
  readonly range: Range
  readonly stepSeconds: number
  readonly series: {
    readonly at: Column<number>
    readonly calls: Column<number>
    readonly denied: Column<number>
    readonly faults: Column<number>
    readonly p50: Column<number | null>
    readonly p95: Column<number | null>
    readonly p99: Column<number | null>
  }
  readonly totals: Totals
  /** Of the same length of time before. */
  readonly previous: Totals
  readonly tools: readonly ToolTally[]
  readonly refusals: readonly Refusal[]
  readonly openStreams: number
  readonly lastCalls: readonly LastCall[]
}

const EVERY_MS = 5_000

/** Asked anew every few seconds, while somebody looks. The range before stays until the next one is there. */
export const overviewQuery = (slug: string, range: Range) =>
  queryOptions({
    queryKey: ['overview', slug, range],
    queryFn: ({ signal }) => api.get<Overview>(`/teamspaces/${slug}/overview?range=${range}`, signal),
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: false,
    placeholderData: keepPreviousData,
  })
