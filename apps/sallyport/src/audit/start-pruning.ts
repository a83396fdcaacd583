import type { Store } from '../store/store.ts'
import { pruneRows } from './prune-rows.ts'

export interface PruningOptions {
  /** Rows are kept for ever, unless set. */
  readonly retentionDays: number | undefined
  readonly now: () => number
  readonly log: (message: string, fields?: object) => void
  readonly everyMs?: number
}

const HOUR_MS = 3_600_000

/** Prunes the audit trail from time to time. Closing waits for the batch that is being removed. */
export function startPruning(
  store: Store,
  { retentionDays, now, log, everyMs = HOUR_MS }: PruningOptions,
): { close(): Promise<void> } {
  if (retentionDays === undefined) return { close: async () => undefined }
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  const run = async () => {
    try {
      const rows = await pruneRows(store, { retentionDays, now: now(), log, signal: stopping.signal })
      if (rows > 0) log('Old rows of the audit trail were removed', { rows })
    } catch (error) {
      log('Old rows of the audit trail could not be removed', { error })
    }
  }
  const timer = setInterval(() => {
    running ??= run().finally(() => (running = undefined))
  }, everyMs).unref()
  return {
    async close() {
      clearInterval(timer)
      stopping.abort()
      await running
    },
  }
}
