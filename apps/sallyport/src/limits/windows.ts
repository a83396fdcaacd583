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
/** Of one owner: a tenth, so that whoever makes up names takes no room from others. */
const OWNER_SHARE = 10
/** Clocks are put right by a little all the time. */
const CLOCK_SLACK_MS = 1_000
const CROWD_BUCKETS = 4_096

export interface WindowsOptions {
  readonly lengthMs: number
  readonly max?: number | undefined
  /** Whose key it is, where that was proven: keys of one owner that find no room are then counted with its own alone. */
  readonly ownerOf?: ((key: string) => string) | undefined
}

/** Of keys that begin with the teamspace. */
export const teamspaceOf = (key: string): string => key.split(':', 1)[0]!

/**
 * The windows of all keys, bounded. What is live is never forgotten for others: whoever floods the gate with new keys
 * would wipe out its own count with them. Keys that find no room are counted together: by their owners or, where there
 * are none, in buckets; which with which, nobody outside can know.
 */
export class Windows {
  readonly #windows = new Map<string, Window>()
  readonly #crowd = new Map<number | string, Window>()
  readonly #owned = new Map<string, number>()
  readonly #max: number
  readonly #lengthMs: number
  readonly #ownerOf: WindowsOptions['ownerOf']
  readonly #seed = randomInt(2 ** 31)

  constructor({ max = MAX_WINDOWS, lengthMs, ownerOf }: WindowsOptions) {
    this.#max = max
    this.#lengthMs = lengthMs
    this.#ownerOf = ownerOf
  }

  get size(): number {
    return this.#windows.size + this.#crowd.size
  }

  find(key: string, at: number): Window | undefined {
    const window = this.#windows.get(key)
    if (window && this.#isLive(window, at)) return window
    if (this.#crowd.size === 0) return undefined
    const crowd = this.#crowd.get(this.#bucketOf(key))
    return crowd && this.#isLive(crowd, at) ? crowd : undefined
  }

  /** Where none was found. What it begins is the key's own while there is room. */
  begin(key: string, at: number, begin: (isOwn: boolean) => Window): Window {
    this.#drop(key) // so that the new one comes last: windows end in about the order of the map
    this.#sweep(at)
    const isOwn = this.#hasRoom(key)
    const window = begin(isOwn)
    if (isOwn) this.#keep(key, window)
    else this.#crowd.set(this.#bucketOf(key), window)
    return window
  }

  #hasRoom(key: string): boolean {
    if (this.#windows.size >= this.#max) return false
    return !this.#ownerOf || (this.#owned.get(this.#ownerOf(key)) ?? 0) < Math.ceil(this.#max / OWNER_SHARE)
  }

  #keep(key: string, window: Window): void {
    this.#windows.set(key, window)
    const owner = this.#ownerOf?.(key)
    if (owner !== undefined) this.#owned.set(owner, (this.#owned.get(owner) ?? 0) + 1)
  }

  #drop(key: string): void {
    if (!this.#windows.delete(key)) return
    const owner = this.#ownerOf?.(key)
    if (owner === undefined) return
    const left = this.#owned.get(owner)! - 1
    if (left === 0) this.#owned.delete(owner)
    else this.#owned.set(owner, left)
  }

  /** One that would last longer than any was begun before the clock was put back: it must not shut anybody out until then. */
  #isLive({ endsAt }: Window, at: number): boolean {
    return endsAt > at && endsAt - at <= this.#lengthMs + CLOCK_SLACK_MS
  }

  /** Drops what has ended, from the oldest on; a few for each new one is enough to keep up. */
  #sweep(at: number): void {
    for (const key of this.#ended(this.#windows, at)) this.#drop(key)
    for (const bucket of this.#ended(this.#crowd, at)) this.#crowd.delete(bucket)
  }

  *#ended<Key>(windows: Map<Key, Window>, at: number): Generator<Key> {
    let found = 0
    for (const [key, window] of windows) {
      if (this.#isLive(window, at) || found++ === 4) return
      yield key
    }
  }

  /** FNV-1a, begun at a number of our own. */
  #bucketOf(key: string): number | string {
    if (this.#ownerOf) return this.#ownerOf(key)
    let hash = this.#seed
    for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
    return (hash >>> 8) % CROWD_BUCKETS
  }
}
