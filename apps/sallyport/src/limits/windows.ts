import { randomInt } from 'node:crypto'

/** What one key may still spend until its window ends. */
export interface Window {
  left: number
  endsAt: number
  /** Whether `left` is all there is: no more can be had for this window from elsewhere. */
  isDry: boolean
  /** Points of this window that are nobody's yet, when last heard. */
  elsewhere: number
  /** Points that this process has had of this window. */
  had: number
}

const MAX_WINDOWS = 50_000
const CROWD_BUCKETS = 4_096

/**
 * The windows of all keys, bounded. What is live is never forgotten for others: whoever floods the gate with new keys
 * would wipe out its own count with them. Keys that find no room are counted together in buckets; which with which,
 * nobody outside can know.
 */
export class Windows {
  readonly #windows = new Map<string, Window>()
  readonly #crowd = new Map<number, Window>()
  readonly #max: number
  readonly #seed = randomInt(2 ** 31)

  constructor(max = MAX_WINDOWS) {
    this.#max = max
  }

  get size(): number {
    return this.#windows.size + this.#crowd.size
  }

  find(key: string, at: number): Window | undefined {
    const window = this.#windows.get(key)
    if (window && window.endsAt > at) return window
    if (this.#crowd.size === 0) return undefined
    const crowd = this.#crowd.get(this.#bucketOf(key))
    return crowd && crowd.endsAt > at ? crowd : undefined
  }

  /** What it begins is the key's own while there is room. */
  findOrBegin(key: string, at: number, begin: (isOwn: boolean) => Window): Window {
    return this.find(key, at) ?? this.#begin(key, at, begin)
  }

  #begin(key: string, at: number, begin: (isOwn: boolean) => Window): Window {
    this.#windows.delete(key) // so that the new one comes last: windows end in about the order of the map
    this.#sweep(this.#windows, at)
    const isOwn = this.#windows.size < this.#max
    const window = begin(isOwn)
    if (isOwn) this.#windows.set(key, window)
    else this.#crowd.set(this.#bucketOf(key), window)
    return window
  }

  /** Drops what has ended, from the oldest on; a few for each new one is enough to keep up. */
  #sweep(windows: Map<unknown, Window>, at: number): void {
    let dropped = 0
    for (const [key, { endsAt }] of windows) {
      if (endsAt > at || dropped++ === 4) break
      windows.delete(key)
    }
    if (windows === this.#windows && this.#crowd.size > 0) this.#sweep(this.#crowd, at)
  }

  /** FNV-1a, begun at a number of our own. */
  #bucketOf(key: string): number {
    let hash = this.#seed
    for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
    return (hash >>> 8) % CROWD_BUCKETS
  }
}
