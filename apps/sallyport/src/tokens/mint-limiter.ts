import { BoundedMap } from '@sallyport/verifier'

export interface MintLimiterOptions {
  readonly now: () => number
  readonly perMinute?: number
}

export interface MintLimiter {
  /** Counts one attempt. Undefined when it may go on, else the seconds to wait. */
  attempt(key: string): number | undefined
}

const MINUTE_MS = 60_000
const MAX_KEYS = 10_000

/** So many new tokens a minute and no more: a script gone wild, or a stolen access token, makes tens, not thousands. */
export function createMintLimiter({ now, perMinute = 30 }: MintLimiterOptions): MintLimiter {
  const windows = new BoundedMap<{ readonly endsAt: number; count: number }>(MAX_KEYS)
  return {
    attempt(key) {
      const at = now()
      const current = windows.get(key)
      if (!current || current.endsAt <= at) {
        windows.set(key, { endsAt: at + MINUTE_MS, count: 1 })
        return undefined
      }
      current.count += 1
      return current.count > perMinute ? Math.ceil((current.endsAt - at) / 1000) : undefined
    },
  }
}
