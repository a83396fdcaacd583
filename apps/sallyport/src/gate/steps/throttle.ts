import type { ClientAddress, ClientAddressOf } from '../../http/client-address.ts'
import type { OpenCalls, OpenLimit } from '../../limits/open-calls.ts'
import { rateLimited, tooManyOpenCalls } from '../../limits/rate-denial.ts'
import type { RateCounter } from '../../limits/rate-counter.ts'
import { quotaOf } from '../../limits/spend.ts'
import { advance } from '../call.ts'
import type { Call, ThrottledCall } from '../call.ts'
import { TERMS } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'

/** Limits of addresses; counted in memory alone, since nobody has proven anything yet. */
export interface Throttle {
  readonly addressOf: ClientAddressOf
  readonly calls: RateCounter | undefined
  /** Counts refusals, not calls: whoever is let in costs nothing of it. */
  readonly refused: RateCounter | undefined
  readonly open: OpenLimit | undefined
  readonly openCalls: OpenCalls
  readonly now: () => number
}

/**
 * Before anything is looked up, the teamspace of the path included: an address beyond its limits costs no key, no
 * signature check and nothing of the database.
 */
export function throttle(call: Call, limits: Throttle): ThrottledCall | Denial {
  const address = limits.addressOf(call.request)
  call.record.address = address.text
  const { countedAs } = address
  return (
    (countedAs !== undefined && overLimit(call, address, countedAs, limits)) || advance(call, 'throttle', { address })
  )
}

function overLimit(call: Call, address: ClientAddress, countedAs: string, limits: Throttle): Denial | undefined {
  const { refused, calls, open, openCalls, now } = limits
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
  const full = open && openCalls.claim(call.response, [{ limit: open, key: countedAs }])
  return full && tooManyOpenCalls(full)
}

/** Settled by the configuration alone: nothing was guessed, and a health check of a wrong path must shut nobody out. */
const UNTRIED = new Set(['path_unknown', 'host_not_allowed', 'origin_not_allowed', 'method_not_allowed'])
/** What cannot be read, whoever sent it. */
const UNREADABLE = new Set(['message_type_unsupported', 'message_too_large', 'message_malformed', 'message_ambiguous'])

/** Counts a refusal against the address that it went to, unless the caller was known and asked something sensible. */
export function countRefusal(call: Call & Partial<ThrottledCall>, { denied }: Denial, { refused }: Throttle): void {
  const countedAs = call.address?.countedAs
  if (refused === undefined || countedAs === undefined) return
  if (TERMS[denied.code].status === 429 || UNTRIED.has(denied.code)) return
  const isKnown = call.record.principal !== undefined && !UNREADABLE.has(denied.code)
  if (isKnown) return
  const window = refused.findOrBegin(countedAs)
  if (window.left > 0) window.left -= 1
}
