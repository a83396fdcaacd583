import { isDeepStrictEqual } from 'node:util'
import type { Store } from '../store/store.ts'
import { leasedCounter } from './leased-counter.ts'
import type { RateCounter } from './rate-counter.ts'
import { localCounter } from './rate-counter.ts'
import type { RateLimit } from './rate.ts'
import { teamspaceOf } from './windows.ts'
import { createSharedPoints } from './shared-points.ts'

export interface RateCountersOptions {
  readonly store: Pick<Store, 'engine' | 'db'>
  readonly now: () => number
  readonly log: (message: string, fields?: object) => void
}

/** The counters of all limits. They outlive a configuration, so that a reload gives nobody a second helping. */
export interface RateCounters {
  /** Counted in this process: for callers who are not known yet, who must not cost the database anything. */
  local(limit: RateLimit): RateCounter
  /** Counted by all processes together, where there can be several. Its keys begin with a teamspace. */
  shared(limit: RateLimit): RateCounter
}

export function createRateCounters({ store, now, log }: RateCountersOptions): RateCounters {
  const take = store.engine === 'postgres' ? createSharedPoints(store.db) : undefined
  const counters = new Map<string, RateCounter>()
  let isOut = false

  const outage = {
    onOutage(error: unknown) {
      if (!isOut) log('Limits cannot be shared; each process counts by itself', { error })
      isOut = true
    },
    onRecovery() {
      if (isOut) log('Limits are shared again')
      isOut = false
    },
  }

  /** A limit that was changed begins anew. */
  const kept = (limit: RateLimit, create: () => RateCounter): RateCounter => {
    const known = counters.get(limit.setting)
    if (known && isDeepStrictEqual(known.limit, limit)) return known
    const counter = create()
    counters.set(limit.setting, counter)
    return counter
  }

  return {
    local: (limit) => kept(limit, () => localCounter(limit, now)),
    shared: (limit) =>
      kept(limit, () =>
        take ? leasedCounter(limit, { take, now, ...outage }) : localCounter(limit, now, { ownerOf: teamspaceOf }),
      ),
  }
}
