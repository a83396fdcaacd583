import type { IncomingMessage } from 'node:http'
import { countRefused } from './address-limits.ts'
import type { AddressLimits } from './address-limits.ts'
import type { DoorWatch } from './door-watch.ts'
import { quotaOf } from './spend.ts'
import type { Quota } from './spend.ts'

/**
 * Attempts that were refused, by address: whoever guesses is shut out of all doors before anything is looked up. Who is let
 * in is not counted. Requests that came by no socket, as in tests of routes, are nobody's.
 */
export interface RefusedAttempts {
  /** Why the address has to wait; undefined while it need not. */
  findLimit(request: IncomingMessage | undefined): Quota | undefined
  count(request: IncomingMessage | undefined): void
}

export function createRefusedAttempts(
  { addressOf, refused, now }: Pick<AddressLimits, 'addressOf' | 'refused' | 'now'>,
  watch: DoorWatch,
): RefusedAttempts {
  return {
    findLimit(request) {
      const address = request && addressOf(request)
      const key = address?.countedAs
      if (!refused || key === undefined || refused.find(key)?.left !== 0) return undefined
      const quota = quotaOf(refused, key, now())
      watch.turnedAway('rate_limited', quota.limit.setting, address!)
      return quota
    },
    count(request) {
      if (!request) return
      watch.refused()
      countRefused(addressOf(request), { refused })
    },
  }
}
