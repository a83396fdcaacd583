import { BoundedMap } from '@sallyport/verifier'

export interface TokenUseQueueOptions {
  /** Writes when each token was used, by its id. May fail, hang or throw: nobody who calls a server notices. */
  readonly write: (uses: ReadonlyMap<string, number>) => Promise<void>
  readonly now: () => number
  readonly log: (message: string, fields?: object) => void
  /** How long uses are gathered before they are written. */
  readonly flushEveryMs?: number
  /** Tokens that wait to be written at most; what comes on top is not noted. */
  readonly maxQueued?: number
  readonly closeWaitMs?: number
}

export interface TokenUseQueue {
  /** Notes a use of now. Never throws and never waits: it stands in the path of every call. */
  note(id: string): void
  /** Writes what waits, if the database lets it; gives up after a while. */
  close(): Promise<void>
}

/** One write per token and minute is enough to know which tokens are in use (S4-23). */
const DEBOUNCE_MS = 60_000
const MAX_BACK_OFF_MS = 60_000

/** When tokens were last used, on its way to the database. */
export function createTokenUseQueue(options: TokenUseQueueOptions): TokenUseQueue {
  const { write, now, log, flushEveryMs = 1_000, maxQueued = 10_000, closeWaitMs = 2_000 } = options
  const notedAt = new BoundedMap<number>(maxQueued)
  let queued = new Map<string, number>()
  let failures = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  function schedule(): void {
    if (timer !== undefined || writing !== undefined || closed || queued.size === 0) return
    timer = setTimeout(
      () => {
        timer = undefined
        void writeQueued()
      },
      Math.min(flushEveryMs * 2 ** failures, MAX_BACK_OFF_MS),
    )
    timer.unref()
  }

  /** One write at a time: a database that hangs holds one connection of the pool, not all. Never rejects. */
  function writeQueued(): Promise<void> {
    writing ??= writeBatch().finally(() => {
      writing = undefined
      schedule()
    })
    return writing
  }

  async function writeBatch(): Promise<void> {
    if (queued.size === 0) return
    const batch = queued
    queued = new Map()
    try {
      await write(batch)
      failures = 0
    } catch (error) {
      if (failures++ === 0) log('The last use of MCP tokens cannot be written', { error })
      // Later uses win over those that came back.
      for (const [id, at] of batch) if (!queued.has(id) && queued.size < maxQueued) queued.set(id, at)
    }
  }

  return {
    note(id) {
      const at = now()
      const before = notedAt.get(id)
      if (before !== undefined && at - before < DEBOUNCE_MS) return
      if (closed || (queued.size >= maxQueued && !queued.has(id))) return
      notedAt.set(id, at)
      queued.set(id, at)
      if (timer === undefined) schedule()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      const { promise: patience, resolve } = Promise.withResolvers<void>()
      const wait = setTimeout(resolve, closeWaitMs)
      const rest = (writing ?? Promise.resolve()).then(writeQueued)
      await Promise.race([rest, patience])
      clearTimeout(wait)
    },
  }
}
