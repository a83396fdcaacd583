import { auditChainOf } from '../../audit/audit-chain.ts'
import { fromCall } from '../../audit/audit-row.ts'
import { createCallStatistics } from '../../statistics/call-statistics.ts'
import type { Store } from '../../store/store.ts'
import { writeTokenUses } from '../../tokens/write-token-uses.ts'
import type { PastCall } from './past-call.ts'

const MAX_ROWS = 2_000

/** Calls on their way into the audit trail, in their order and through its chain, and into statistics. */
export interface PastWriter {
  add(calls: readonly PastCall[]): void
  /** Writes those before this time. */
  writeUntil(at: number): Promise<void>
  /** Writes what is left, and what was counted. */
  finish(): Promise<void>
}

export function createPastWriter(store: Store, now: number, log: (message: string) => void): PastWriter {
  const statistics = createCallStatistics({ store, now: () => now, log, maxHeld: Infinity, flushEveryMs: 3_600_000 })
  const lastUses = new Map<string, number>()
  let waiting: PastCall[] = []

  function count({ event, gateMs }: PastCall): void {
    statistics.count(event, event.durationMs, gateMs)
    if (event.principal === 'mcp_token') lastUses.set(event.subject!, event.at)
  }

  async function writeUntil(at: number): Promise<void> {
    const due = waiting.filter(({ event }) => event.at < at)
    waiting = waiting.filter(({ event }) => event.at >= at)
    due.forEach(count)
    for (let start = 0; start < due.length; start += MAX_ROWS) {
      const rows = due.slice(start, start + MAX_ROWS).map(({ event }) => fromCall(event))
      await store.transaction(({ db }) => auditChainOf(store).append(db, rows), 'crash')
    }
  }

  return {
    add: (calls) => waiting.push(...calls),
    writeUntil,
    async finish() {
      await writeUntil(Infinity)
      await statistics.flush()
      await statistics.close()
      await writeTokenUses(store, lastUses)
    },
  }
}
