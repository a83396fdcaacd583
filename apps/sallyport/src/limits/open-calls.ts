import type { ServerResponse } from 'node:http'

/** How many calls of one kind of name may be open at once. */
export interface OpenLimit {
  /** As the caller reads it. */
  readonly name: string
  readonly max: number
  /** Where the operator changes it. */
  readonly setting: string
}

export interface OpenClaim {
  readonly limit: OpenLimit
  /** Among those of the same limit. */
  readonly key: string
}

/** What of a response is needed to know that its call is over. */
export type Ending = Pick<ServerResponse, 'destroyed' | 'on'>

/** Calls in flight in this process, event streams included. */
export interface OpenCalls {
  /** Counts all claims until the response closes, whatever way the call ends; or none, and answers the full limit. */
  claim(response: Ending, claims: readonly OpenClaim[]): OpenLimit | undefined
  /** Names that have calls open. */
  readonly size: number
}

export function createOpenCalls(): OpenCalls {
  const open = new Map<string, Map<string, Count>>()
  /** By the name of the limit, so that one that was changed by a reload goes on counting. */
  const countsOf = ({ name }: OpenLimit): Map<string, Count> => {
    let counts = open.get(name)
    if (!counts) open.set(name, (counts = new Map()))
    return counts
  }
  const take = ({ limit, key }: OpenClaim): Held => {
    const counts = countsOf(limit)
    let count = counts.get(key)
    if (!count) counts.set(key, (count = { calls: 0 }))
    count.calls += 1
    return { counts, key, count }
  }
  const release = ({ counts, key, count }: Held) => {
    if (--count.calls === 0) counts.delete(key)
  }
  return {
    claim(response, claims) {
      for (const { key, limit } of claims) if ((countsOf(limit).get(key)?.calls ?? 0) >= limit.max) return limit
      if (response.destroyed || claims.length === 0) return undefined // it has closed, and will not close again
      const held = claims.map(take)
      response.on('close', () => held.splice(0).forEach(release))
      return undefined
    },
    get size() {
      return [...open.values()].reduce((sum, { size }) => sum + size, 0)
    },
  }
}

interface Count {
  calls: number
}

interface Held {
  readonly counts: Map<string, Count>
  readonly key: string
  readonly count: Count
}
