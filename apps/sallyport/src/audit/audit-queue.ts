import type { Store } from '../store/store.ts'
import type { CallEvent } from './audit-event.ts'
import { callEventInserter } from './audit-repository.ts'

export interface AuditQueueOptions {
  readonly store: Store
  readonly log: (message: string, fields?: object) => void
  /** Events kept in memory at most; what comes on top is dropped and counted. */
  readonly maxQueued?: number
  readonly flushEveryMs?: number
}

export interface AuditQueue {
  /** Never throws and never waits: it stands in the path of every call. */
  record(event: CallEvent): void
  /** How many events wait to be written. */
  readonly queued: number
  /** How many events were lost because the database kept failing or lagging. */
  readonly dropped: number
  /** Resolves when everything recorded so far is written. Rejects when that fails; the events stay queued. */
  flush(): Promise<void>
  /** Writes what is left, as far as it can. */
  close(): Promise<void>
}

const MAX_PER_TRANSACTION = 2_000
const MAX_BACK_OFF_MS = 5_000

/** Calls go to the audit trail in batches, so that no call waits for the disk. */
export function createAuditQueue(options: AuditQueueOptions): AuditQueue {
  const { store, log, maxQueued = 10_000, flushEveryMs = 50 } = options
  const insertCallEvents = callEventInserter(store.db)
  let queued: CallEvent[] = []
  let dropped = 0
  let failures = 0
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  function schedule(): void {
    if (timer !== undefined || writing !== undefined || closed || queued.length === 0) return
    const waitMs = failures === 0 ? flushEveryMs : Math.min(flushEveryMs * 2 ** failures, MAX_BACK_OFF_MS)
    timer = setTimeout(() => {
      timer = undefined
      writeOne().catch(() => undefined) // reported and rescheduled there
    }, waitMs)
    timer.unref()
  }

  /** One transaction; whoever asks meanwhile waits for the same one. */
  function writeOne(): Promise<void> {
    writing ??= writeBatch().finally(() => {
      writing = undefined
      schedule()
    })
    return writing
  }

  async function writeBatch(): Promise<void> {
    const batch = queued.slice(0, MAX_PER_TRANSACTION)
    if (batch.length === 0) return
    try {
      // Rows wait in memory for a moment in any case, so waiting for the disk would promise nothing more.
      await store.transaction((tx) => insertCallEvents(tx.db, batch), 'crash')
    } catch (error) {
      failures += 1
      if (failures === 1)
        log('The audit trail cannot be written; calls are kept in memory', { error, queued: queued.length })
      throw error
    }
    // Only now: a batch that failed is still at the head, in order.
    queued = queued.slice(batch.length)
    if (failures > 0) log('The audit trail is written again', { dropped })
    failures = 0
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (writing !== undefined) await writing.catch(() => undefined)
    for (let left = queued.length; left > 0; left -= MAX_PER_TRANSACTION) await writeOne()
  }

  return {
    record(event) {
      if (closed || queued.length >= maxQueued) {
        if (dropped++ === 0) log('The audit trail lags behind; calls are missing from it', { maxQueued })
        return
      }
      queued.push(event)
      if (timer === undefined) schedule()
    },
    get queued() {
      return queued.length
    },
    get dropped() {
      return dropped
    },
    flush,
    async close() {
      closed = true
      await flush().catch((error: unknown) => {
        dropped += queued.length
        queued = []
        log('The last calls are missing from the audit trail', { error, dropped })
      })
    },
  }
}
