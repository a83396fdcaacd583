import { useEffect, useRef, useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { fetchChainPage } from './audit-queries.ts'
import type { ChainPage } from './audit-queries.ts'

interface Progress {
  readonly checked: number
  readonly prunedTo: number
}

export type Verification =
  | { readonly state: 'idle' }
  | ({ readonly state: 'running' } & Progress)
  | ({ readonly state: 'done'; readonly problem: ChainPage['problem'] } & Progress)
  | { readonly state: 'failed'; readonly error: unknown }

/** The chain of the teamspace, page by page, until its end or the first row that is not as it was written. */
export function useVerify() {
  const { slug } = useTeamspace()
  const [verification, setVerification] = useState<Verification>({ state: 'idle' })
  const running = useRef<AbortController>(undefined)
  const stop = () => {
    running.current?.abort()
    setVerification({ state: 'idle' })
  }
  useEffect(() => () => running.current?.abort(), [])
  const start = async () => {
    running.current?.abort()
    const { signal } = (running.current = new AbortController())
    try {
      for await (const found of verify(slug, signal)) setVerification(found)
    } catch (error) {
      if (!signal.aborted) setVerification({ state: 'failed', error })
    }
  }
  return { verification, start: () => void start(), stop }
}

async function* verify(slug: string, signal: AbortSignal): AsyncGenerator<Verification> {
  let place = { seq: 0, hash: '' }
  let checked = 0
  yield { state: 'running', checked, prunedTo: 0 }
  for (;;) {
    const page = await fetchChainPage(slug, place, signal)
    place = page.place
    checked += page.checked
    const progress = { checked, prunedTo: page.prunedTo }
    if (page.isWhole || page.problem) return yield { state: 'done', problem: page.problem, ...progress }
    yield { state: 'running', ...progress }
  }
}
