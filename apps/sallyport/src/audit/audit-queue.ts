import { inTime } from '../store/in-time.ts'
import type { Store } from '../store/store.ts'
import { auditChainOf } from './audit-chain.ts'
import type { NewAuditRow } from './audit-chain.ts'
import type { AttemptEvent, CallEvent } from './audit-event.ts'
import { fromCall } from './audit-row.ts'

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
  /**
   * Resolves when the event is on the disk: at once after the transaction that is being written, together with all that
   * came meanwhile. Rejects when it could not be written, or not in time; nothing may be answered then.
   */
  committed(event: CallEvent | AttemptEvent): Promise<void>
  /** How many events were lost because the database kept failing or lagging. */
  readonly dropped: number
  /** Resolves when everything recorded so far is written. Rejects when that fails; the events stay queued. */
  flush(): Promise<void>
  /** Writes what is left, as far as it can. */
  close(): Promise<void>
}

const MAX_PER_TRANSACTION = 2_000
const MAX_BACK_OFF_MS = 5_000

/**
 * A row, made at once so that this work is spread over the calls; or, where somebody waits, the event, since its row is to
 * say what became of the call if that cannot be written in time.
 */
type Queued =
  | { readonly row: NewAuditRow; readonly settle?: undefined }
  | { readonly event: CallEvent | AttemptEvent; readonly settle: PromiseWithResolvers<void> | undefined }

const rowOf = (queued: Queued): NewAuditRow => ('row' in queued ? queued.row : fromCall(queued.event))

/** Calls go to the audit trail in batches: where it may lag behind, no call waits for the disk. */
export function createAuditQueue(options: AuditQueueOptions): AuditQueue {
  const { store, log, maxQueued = 10_000, flushEveryMs = 50 } = options
  const chain = auditChainOf(store)
  let queued: Queued[] = []
  let dropped = 0
  let failures = 0
  let closed = false
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  function schedule(): void {
    if (timer !== undefined || writing !== undefined || closed || queued.length === 0) return
    const pauseMs = waiting > 0 && failures === 0 ? 0 : flushEveryMs
    const waitMs = failures === 0 ? pauseMs : Math.min(pauseMs * 2 ** failures, MAX_BACK_OFF_MS)
    timer = setTimeout(writeSoon, waitMs)
    timer.unref()
  }

  function writeSoon(): void {
    clearTimeout(timer)
    timer = undefined
    writeOne().catch(() => undefined) // reported and rescheduled there
  }

  /** One transaction; whoever asks meanwhile waits for the same one. */
  function writeOne(): Promise<void> {
    writing ??= writeBatch().finally(() => {
      writing = undefined
      if (waiting > 0 && failures === 0 && !closed) writeSoon()
      else schedule()
    })
    return writing
  }

  async function writeBatch(): Promise<void> {
    const batch = queued.slice(0, MAX_PER_TRANSACTION)
    if (batch.length === 0) return
    const isAwaited = waiting > 0 && batch.some(({ settle }) => settle !== undefined)
    try {
      const rows = batch.map(rowOf)
      const again = failures > 0
      // Rows that nobody waits for were in memory for a moment in any case: waiting for the disk would promise no more.
      await store.transaction((tx) => chain.append(tx.db, rows, { again }), isAwaited ? 'power loss' : 'crash')
    } catch (error) {
      failures += 1
      if (failures === 1)
        log('The audit trail cannot be written; calls are kept in memory', { error, queued: queued.length })
      giveUpWaiting(error)
      throw error
    }
    // Only now: a batch that failed is still at the head, in order.
    queued = queued.slice(batch.length)
    if (failures > 0) log('The audit trail is written again', { dropped })
    failures = 0
    for (const { settle } of batch) {
      if (!settle) continue
      waiting -= 1
      settle.resolve()
    }
  }

  /** Their calls are refused, and not held: the rows stay, and say what was tried. */
  function giveUpWaiting(error: unknown): void {
    for (const { settle } of queued) settle?.reject(error)
    queued = queued.map((each) => (each.settle ? { ...each, settle: undefined } : each))
    waiting = 0
  }

  function hasRoom(): boolean {
    if (closed || queued.length >= maxQueued) {
      if (dropped++ === 0) log('The audit trail lags behind; calls are missing from it', { maxQueued })
      return false
    }
    return true
  }

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (writing !== undefined) await writing.catch(() => undefined)
    for (let left = queued.length; left > 0; left -= MAX_PER_TRANSACTION) await writeOne()
  }

  return {
    record(event) {
      if (!hasRoom()) return
      queued.push({ row: fromCall(event) })
      if (timer === undefined) schedule()
    },
    committed(event) {
      if (!hasRoom()) return Promise.reject(new Error('the audit queue is full'))
      const settle = Promise.withResolvers<void>()
      queued.push({ event, settle })
      waiting += 1
      // Behind what this turn of the event loop still brings, so that calls that arrive together are one transaction.
      if (writing === undefined && failures === 0 && waiting === 1) setImmediate(() => writing ?? writeSoon())
      else schedule()
      return inTime(settle.promise)
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
