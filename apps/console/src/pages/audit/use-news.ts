import { useEffect, useState } from 'react'
import { fetchPage } from './audit-queries.ts'
import type { AuditEntry } from './audit-queries.ts'
import { toQuery } from './audit-search.ts'
import type { AuditSearch } from './audit-search.ts'

const EVERY_MS = 3_000
const MOST = 500

export interface News {
  readonly events: readonly AuditEntry[]
  /** Whether the last attempt to hear of more failed. */
  readonly isStuck: boolean
}

const NONE: News = { events: [], isStuck: false }

/** Rows that came since `newer` was answered, while somebody follows and looks. Newest first, and the last few hundred. */
export function useNews(slug: string, search: AuditSearch, newer: string | undefined, isFollowed: boolean): News {
  const [news, setNews] = useState(NONE)
  const { open: _, ...sought } = search
  const key = JSON.stringify(sought)
  const [shownKey, setShownKey] = useState(`${key} ${newer}`)
  if (shownKey !== `${key} ${newer}`) {
    setShownKey(`${key} ${newer}`)
    setNews(NONE)
  }
  useEffect(() => {
    if (!isFollowed || newer === undefined) return undefined
    const ending = new AbortController()
    const ask = { slug, search: JSON.parse(key) as AuditSearch, signal: ending.signal }
    void follow(ask, newer, (change) => !ending.signal.aborted && setNews(change))
    return () => ending.abort()
  }, [slug, key, newer, isFollowed])
  return news
}

interface Asking {
  readonly slug: string
  readonly search: AuditSearch
  readonly signal: AbortSignal
}

async function follow(
  { slug, search, signal }: Asking,
  start: string,
  setNews: (change: (news: News) => News) => void,
): Promise<void> {
  for (let cursor = start; !signal.aborted; await pause(signal)) {
    if (document.hidden) continue
    try {
      const query = toQuery(search, Date.now())
      query.set('after', cursor)
      const page = await fetchPage(slug, query, signal)
      cursor = page.newer ?? cursor
      // Who comes back to rows that were there already, such as after a pause, must not see them twice.
      setNews(({ events }) => {
        const known = new Set(events.map(({ id }) => id))
        return { events: [...page.events.filter(({ id }) => !known.has(id)), ...events].slice(0, MOST), isStuck: false }
      })
    } catch {
      setNews((news) => ({ ...news, isStuck: true }))
    }
  }
}

const pause = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, EVERY_MS)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
