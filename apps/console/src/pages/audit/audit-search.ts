import { useNavigate, useSearch } from '@tanstack/react-router'

export const RANGES = ['1h', '24h', '7d', '30d'] as const
export type Range = (typeof RANGES)[number]

/** What is looked for. It stands in the address, so that it can be shared; a range counts back from when it is opened. */
export interface AuditSearch {
  readonly kind?: 'call' | 'attempt' | 'admin'
  readonly decision?: 'allowed' | 'denied' | 'fault'
  /** A code, or `rule NAME`. */
  readonly rule?: string
  readonly server?: string
  /** Tool, prompt or resource. */
  readonly target?: string
  readonly email?: string
  /** By id, exactly; pages about a member lead here with it. */
  readonly member?: string
  readonly text?: string
  readonly range?: Range
  /** Instead of a range. */
  readonly from?: string
  readonly until?: string
  /** The row that is looked at: the id of a request, or of a change. */
  readonly open?: string
}

const KINDS = ['call', 'attempt', 'admin'] as const
const DECISIONS = ['allowed', 'denied', 'fault'] as const
const TEXTS = ['rule', 'server', 'target', 'email', 'text'] as const

/** What an address says, as far as it means something. */
export function readSearch(search: Readonly<Record<string, unknown>>): AuditSearch {
  const one = <Value extends string>(name: string, values: readonly Value[]) => {
    const value = values.find((each) => each === search[name])
    return value === undefined ? {} : { [name]: value }
  }
  const time = (name: 'from' | 'until') => {
    const value = search[name]
    return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? { [name]: value } : {}
  }
  const id = (name: 'member' | 'open') => {
    const value = search[name]
    return typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value) ? { [name]: value } : {}
  }
  const texts = TEXTS.flatMap((name) => {
    const value = search[name]
    // A number, to the router, is what somebody searches for who writes one.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text !== '' ? [[name, text.slice(0, 200)]] : []
  })
  return {
    ...one('kind', KINDS),
    ...one('decision', DECISIONS),
    ...Object.fromEntries(texts),
    ...one('range', RANGES),
    ...time('from'),
    ...time('until'),
    ...id('member'),
    ...id('open'),
  }
}

const LENGTHS_MS: Readonly<Record<Range, number>> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
}

/** What the API is asked for. */
export function toQuery(search: AuditSearch, now: number): URLSearchParams {
  const { open: _, range, from, until, ...rest } = search
  const start = range ? new Date(now - LENGTHS_MS[range]).toISOString() : from && new Date(from).toISOString()
  const end = range || until === undefined ? undefined : new Date(until).toISOString()
  return new URLSearchParams({ ...rest, ...(start && { from: start }), ...(end && { until: end }) })
}

/** How many things are looked for. */
export const countOf = ({ open: _, range, from, until, ...rest }: AuditSearch): number =>
  Object.keys(rest).length + (range || from || until ? 1 : 0)

export interface AuditAddress {
  readonly search: AuditSearch
  /** Puts some of it otherwise; undefined takes it out. */
  readonly change: (part: Changes) => void
}

export type Changes = { readonly [Name in keyof AuditSearch]?: AuditSearch[Name] | undefined }

export function useAuditSearch(): AuditAddress {
  const search = readSearch(useSearch({ strict: false }))
  const navigate = useNavigate()
  const change = (part: Changes) => {
    const stated = Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined && value !== '')
    // Opening a row is a step that the back button takes back; narrowing the search letter by letter is not.
    void navigate({
      to: '.',
      search: Object.fromEntries(stated) as never,
      replace: !('open' in part),
      resetScroll: false,
    })
  }
  return { search, change }
}
