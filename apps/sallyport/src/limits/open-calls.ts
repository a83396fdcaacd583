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
  /** Distinct for each kind of name. */
  readonly key: string
}

/** What of a response is needed to know that its call is over. */
export type Ending = Pick<ServerResponse, 'destroyed' | 'once'>

/** Calls in flight in this process, event streams included. */
export interface OpenCalls {
  /** Counts all claims until the response closes, whatever way the call ends; or none, and answers the full limit. */
  claim(response: Ending, claims: readonly OpenClaim[]): OpenLimit | undefined
  /** Names that have calls open. */
  readonly size: number
}

export function createOpenCalls(): OpenCalls {
  const open = new Map<string, number>()
  const release = (claims: readonly OpenClaim[]) => {
    for (const { key } of claims) {
      const count = open.get(key)! - 1
      if (count === 0) open.delete(key)
      else open.set(key, count)
    }
  }
  return {
    claim(response, claims) {
      for (const { key, limit } of claims) if ((open.get(key) ?? 0) >= limit.max) return limit
      if (response.destroyed || claims.length === 0) return undefined // it has closed, and will not close again
      for (const { key } of claims) open.set(key, (open.get(key) ?? 0) + 1)
      response.once('close', () => release(claims))
      return undefined
    },
    get size() {
      return open.size
    },
  }
}
