import { randomUUID } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { MinuteCounts } from './minute-counts.ts'
import type { CountedCall, Minutes } from './minute-counts.ts'
import { pruneCounts } from './prune-counts.ts'
import { toRows } from './to-rows.ts'
import { createToolNames } from './tool-names.ts'
import { countWriter } from './write-counts.ts'
import type { CountBatch, WriteCounts } from './write-counts.ts'

export interface CallStatisticsOptions {
  readonly store: Store
  readonly now: () => number
  readonly log: (message: string, fields?: object) => void
  readonly flushEveryMs?: number
  readonly closeWaitMs?: number
  /** Minutes of teamspaces in memory at most, while the database does not take them. */
  readonly maxHeld?: number
  readonly write?: WriteCounts
}

export interface CallStatistics {
  /** Never throws and never waits: it stands in the path of every call. */
  count(call: CountedCall, callMs: number, gateMs: number): void
  /** Calls that were not counted, because the database took nothing for too long. */
  readonly dropped: number
  /** Resolves when all that was counted so far is written. Rejects when that fails; the counts stay. */
  flush(): Promise<void>
  /** Writes what is left, if the database lets it; gives up after a while. */
  close(): Promise<void>
}

/** In one transaction: on SQLite calls that wait for their audit row wait for it. */
const MAX_ROWS = 200
const PRUNE_EVERY_MS = 3_600_000

/** Counts calls in memory and adds them to the database every few seconds; a crash loses those of the last few. */
export function createCallStatistics(options: CallStatisticsOptions): CallStatistics {
  const { store, now, log, flushEveryMs = 10_000, closeWaitMs = 2_000, maxHeld = 10_000 } = options
  const write = options.write ?? countWriter(store)
  const writer = randomUUID()
  const names = createToolNames()
  let minutes: Minutes = new Map()
  let held = 0
  let dropped = 0
  /** Made from what was counted, not written yet; each is the same at every attempt. */
  let batches: CountBatch[] = []
  let lastBatch = 0
  let failures = 0
  let prunedAt = now()
  let flushing: Promise<void> | undefined
  /** The minute of the last call, and its teamspaces. */
  let minute = NaN
  let teamspaces = new Map<string, MinuteCounts>()

  function turnTo(next: number): void {
    minute = next
    const found = minutes.get(next)
    teamspaces = found ?? new Map()
    if (!found) minutes.set(next, teamspaces)
  }

  function takeBatches(): void {
    if (batches.length > 0 || held === 0) return
    const rows = toRows(minutes, { names, now: now() })
    minutes = new Map()
    minute = NaN
    held = 0
    for (let start = 0; start < rows.length; start += MAX_ROWS)
      batches.push({ writer, batch: ++lastBatch, rows: rows.slice(start, start + MAX_ROWS) })
  }

  async function writeAll(): Promise<void> {
    takeBatches()
    try {
      for (; batches.length > 0; batches = batches.slice(1)) await write(batches[0]!, now())
    } catch (error) {
      if (failures++ === 0) log('Statistics of calls cannot be written; they are kept in memory', { error })
      throw error
    }
    if (failures > 0) log('Statistics of calls are written again', { dropped })
    failures = 0
  }

  /** Whoever asks meanwhile waits for the one that is under way, which may have begun before their call was counted. */
  function writeOnce(): Promise<void> {
    flushing ??= writeAll().finally(() => (flushing = undefined))
    return flushing
  }

  async function flush(): Promise<void> {
    await flushing?.catch(() => undefined)
    await writeOnce()
    if (held > 0 && batches.length === 0) await writeOnce() // those that came while an old batch was tried again
  }

  async function tick(): Promise<void> {
    await writeOnce().catch(() => undefined) // reported there
    if (now() - prunedAt < PRUNE_EVERY_MS) return
    prunedAt = now()
    await pruneCounts(store, prunedAt).catch((error: unknown) => log('Old statistics cannot be removed', { error }))
  }

  const timer = setInterval(() => void tick(), flushEveryMs).unref()

  return {
    count(call, callMs, gateMs) {
      const began = Math.floor(call.at / 60_000)
      if (began !== minute) turnTo(began)
      const teamspaceId = call.teamspaceId ?? ''
      let counts = teamspaces.get(teamspaceId)
      if (!counts) {
        if (held >= maxHeld) {
          if (dropped++ === 0) log('Statistics lag behind; calls are missing from them', { maxHeld })
          return
        }
        held += 1
        teamspaces.set(teamspaceId, (counts = new MinuteCounts()))
      }
      counts.count(call, callMs, gateMs)
    },
    get dropped() {
      return dropped
    },
    flush,
    async close() {
      clearInterval(timer)
      const { promise: patience, resolve } = Promise.withResolvers<void>()
      const wait = setTimeout(resolve, closeWaitMs)
      await Promise.race([flush().catch(() => undefined), patience])
      clearTimeout(wait)
    },
  }
}
