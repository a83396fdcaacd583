import type { ClientAddress, ClientAddressOf } from '../http/client-address.ts'
import type { Ending, OpenCalls, OpenLimit } from './open-calls.ts'
import { rateLimited, tooManyOpenCalls } from './rate-denial.ts'
import type { LimitDenial } from './rate-denial.ts'
import type { RateCounter } from './rate-counter.ts'
import { quotaOf } from './spend.ts'

/** Limits of addresses; counted in memory alone, since nobody has proven anything yet. */
export interface AddressLimits {
  readonly addressOf: ClientAddressOf
  readonly calls: RateCounter | undefined
  /** Counts refusals, not calls: whoever is let in costs nothing of it. */
  readonly refused: RateCounter | undefined
  readonly open: OpenLimit | undefined
  readonly openCalls: OpenCalls
  readonly now: () => number
}

/** Takes a call of this address, which is open until `response` closes; or says which limit is in its way. */
export function takeCall(address: ClientAddress, response: Ending, limits: AddressLimits): LimitDenial | undefined {
  const { refused, calls, open, openCalls, now } = limits
  const { countedAs } = address
  if (countedAs === undefined) return undefined
  const over = (counter: RateCounter) => {
    const hint = address.ignoredForwarded ? 'X-Forwarded-For was ignored: see trustedProxies' : undefined
    return rateLimited(quotaOf(counter, countedAs, now()), hint)
  }
  if (refused && refused.find(countedAs)?.left === 0) return over(refused)
  if (calls) {
    const window = calls.findOrBegin(countedAs)
    if (window.left === 0) return over(calls)
    window.left -= 1
  }
  const full = open && openCalls.claim(response, [{ limit: open, key: countedAs }])
  return full && tooManyOpenCalls(full)
}

/** Counts a refusal against the address that it went to. */
export function countRefused({ countedAs }: ClientAddress, { refused }: Pick<AddressLimits, 'refused'>): void {
  if (refused === undefined || countedAs === undefined) return
  const window = refused.findOrBegin(countedAs)
  if (window.left > 0) window.left -= 1
}
