import type { CallStatistics } from '../statistics/call-statistics.ts'
import { rangeAt } from '../statistics/range.ts'
import type { RangeName } from '../statistics/range.ts'
import type { Store } from '../store/store.ts'
import { readStates } from './read-states.ts'
import { toHealth } from './teamspace-health.ts'
import type { TeamspaceHealth } from './teamspace-health.ts'

interface Options {
  readonly store: Store
  /** Of this process, where there is a gate in it. */
  readonly statistics: Pick<CallStatistics, 'flush'> | undefined
  readonly now: () => number
}

/** As long as somebody looks, however many look, and whatever they search for. */
const FRESH_MS = 10_000

/** The health of all teamspaces, read once in a while for all who ask. */
export function rememberHealth({ store, statistics, now }: Options) {
  const kept = new Map<RangeName, { readonly until: number; readonly health: Promise<readonly TeamspaceHealth[]> }>()

  async function read(range: RangeName): Promise<readonly TeamspaceHealth[]> {
    await statistics?.flush().catch(() => undefined) // it said so; what is in the database is shown
    return toHealth(await readStates(store.db, rangeAt(range, now()), now()), now())
  }

  return (range: RangeName): Promise<readonly TeamspaceHealth[]> => {
    const found = kept.get(range)
    if (found && now() < found.until) return found.health
    const health = read(range)
    kept.set(range, { until: now() + FRESH_MS, health })
    health.catch(() => kept.delete(range))
    return health
  }
}
