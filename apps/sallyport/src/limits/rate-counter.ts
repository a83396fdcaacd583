import type { RateLimit } from './rate.ts'
import { Windows } from './windows.ts'
import type { Window, WindowsOptions } from './windows.ts'

/** Counts the calls of many keys against one limit. */
export interface RateCounter {
  readonly limit: RateLimit
  /** The window of a key that has been counted in it. */
  find(key: string): Window | undefined
  findOrBegin(key: string): Window
  /** Gets more points for a window that is not dry; it has them, or is dry, when this resolves. Never rejects. */
  refill(key: string, window: Window, points: number): Promise<void>
  /** How many keys it holds. */
  readonly size: number
}

/** All of one limit in this process. */
export function localCounter(
  limit: RateLimit,
  now: () => number,
  options: Pick<WindowsOptions, 'max' | 'ownerOf'> = {},
): RateCounter {
  const windows = new Windows({ ...options, lengthMs: limit.seconds * 1000 })
  return {
    limit,
    find: (key) => windows.find(key, now()),
    findOrBegin(key) {
      const at = now()
      return windows.find(key, at) ?? windows.begin(key, at, () => wholeWindow(limit, at))
    },
    refill: () => Promise.resolve(),
    get size() {
      return windows.size
    },
  }
}

/** A window that has all its points from the start. */
export const wholeWindow = ({ calls, seconds }: RateLimit, at: number): Window => ({
  left: calls,
  endsAt: at + seconds * 1000,
  isDry: true,
  elsewhere: 0,
  had: calls,
})
