import { queryOptions } from '@tanstack/react-query'
import { api } from '../../api/client.ts'

export interface TrialCall {
  readonly id: string
  readonly at: number
  readonly server?: string
  readonly rpcMethod?: string
  readonly target?: string
  readonly email?: string
  readonly principal?: string
  readonly subject?: string
  readonly tokenId?: string
  /** `allowed by …` or `denied by …`: what the rules on trial would have answered, which was not what was. */
  readonly dryRun: string
}

export interface TrialCalls {
  readonly calls: readonly TrialCall[]
  /** How many calls were looked at, back to when. */
  readonly looked: number
  readonly since: number | undefined
  /** Whether these were all of the time that is asked about. */
  readonly isWhole: boolean
}

interface Page {
  readonly events: readonly ({ readonly decision?: string } & Omit<TrialCall, 'dryRun'> & {
      readonly dryRun?: string
    })[]
  readonly older?: string
}

const DAYS_MS = 7 * 86_400_000
const PAGE = 1_000
const MOST_PAGES = 5

/** The calls of the last days to which rules on trial would have answered otherwise; of the last few thousand. */
export const trialQuery = (slug: string) =>
  queryOptions({
    queryKey: ['audit', slug, 'trial'],
    queryFn: async ({ signal }): Promise<TrialCalls> => {
      const from = new Date(Date.now() - DAYS_MS).toISOString()
      const seen: Page['events'][number][] = []
      let before: string | undefined
      for (let page = 0; page < MOST_PAGES; page++) {
        const search = new URLSearchParams({ kind: 'call', from, limit: String(PAGE), ...(before && { before }) })
        const { events, older } = await api.get<Page>(`/teamspaces/${slug}/audit?${search}`, signal)
        seen.push(...events)
        before = older
        if (before === undefined) break
      }
      const calls = seen.filter((call): call is TrialCall => call.dryRun !== undefined)
      return { calls, looked: seen.length, since: seen.at(-1)?.at, isWhole: before === undefined }
    },
    staleTime: 30_000,
  })
