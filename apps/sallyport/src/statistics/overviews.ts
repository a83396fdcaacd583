import { BoundedMap } from '@sallyport/verifier'
import type { Store } from '../store/store.ts'
import type { CallStatistics } from './call-statistics.ts'
import { readOverview } from './overview.ts'
import type { Overview } from './overview.ts'
import { rangeAt } from './range.ts'
import type { RangeName } from './range.ts'

export interface OverviewOptions {
  readonly store: Store
  /** Of this process, where there is a gate in it. */
  readonly statistics: Pick<CallStatistics, 'flush'> | undefined
  readonly now: () => number
}

export type FindOverview = (teamspaceId: string, range: RangeName) => Promise<Overview>

const MAX_KEPT = 500
const FLUSH_EVERY_MS = 2_000

interface Kept {
  readonly until: number
  readonly overview: Promise<Overview>
}

/** Overviews as pages poll them: however many look, each is read once in a while, and what was counted here is in it. */
export function createOverviews({ store, statistics, now }: OverviewOptions): FindOverview {
  const kept = new BoundedMap<Kept>(MAX_KEPT)
  let flushedAt = -Infinity

  async function read(teamspaceId: string, name: RangeName): Promise<Overview> {
    if (now() - flushedAt >= FLUSH_EVERY_MS) {
      flushedAt = now()
      await statistics?.flush().catch(() => undefined) // it said so; what is in the database is shown
    }
    return readOverview(store.db, teamspaceId, rangeAt(name, now()))
  }

  return (teamspaceId, name) => {
    const key = `${name}\n${teamspaceId}`
    const found = kept.get(key)
    if (found && now() < found.until) return found.overview
    const overview = read(teamspaceId, name)
    kept.set(key, { until: now() + rangeAt(name, now()).freshMs, overview })
    overview.catch(() => kept.delete(key))
    return overview
  }
}
