import type { IncomingMessage } from 'node:http'
import type { ClientAddressOf } from '../http/client-address.ts'
import type { RateCounter } from './rate-counter.ts'
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

export interface RefusedAttemptsOptions {
  readonly addressOf: ClientAddressOf
  readonly refused: RateCounter | undefined
  readonly now: () => number
}

export function createRefusedAttempts({ addressOf, refused, now }: RefusedAttemptsOptions): RefusedAttempts {
  const keyOf = (request: IncomingMessage | undefined) => request && addressOf(request).countedAs
  return {
    findLimit(request) {
      const key = keyOf(request)
      if (!refused || key === undefined || refused.find(key)?.left !== 0) return undefined
      return quotaOf(refused, key, now())
    },
    count(request) {
      const key = keyOf(request)
      if (!refused || key === undefined) return
      const window = refused.findOrBegin(key)
      if (window.left > 0) window.left -= 1
    },
  }
}
