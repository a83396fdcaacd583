import { countRefused, takeCall } from '../../limits/address-limits.ts'
import type { AddressLimits } from '../../limits/address-limits.ts'
import { TERMS } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import { advance } from '../call.ts'
import type { Call, ThrottledCall } from '../call.ts'

/**
 * Before anything is looked up, the teamspace of the path included: an address beyond its limits costs no key, no
 * signature check and nothing of the database.
 */
export function throttle(call: Call, limits: AddressLimits): ThrottledCall | Denial {
  const address = limits.addressOf(call.request)
  call.record.address = address.text
  return takeCall(address, call.response, limits) ?? advance(call, 'throttle', { address })
}

/** Settled by the configuration alone: nothing was guessed, and a health check of a wrong path must shut nobody out. */
const UNTRIED = new Set(['path_unknown', 'host_not_allowed', 'origin_not_allowed', 'method_not_allowed'])
/** What cannot be read, whoever sent it. */
const UNREADABLE = new Set(['message_type_unsupported', 'message_too_large', 'message_malformed', 'message_ambiguous'])

/** Counts a refusal against the address that it went to, unless the caller was known and asked something sensible. */
export function countRefusal(call: Call & Partial<ThrottledCall>, { denied }: Denial, limits: AddressLimits): void {
  if (TERMS[denied.code].status === 429 || UNTRIED.has(denied.code)) return
  const isKnown = call.record.principal !== undefined && !UNREADABLE.has(denied.code)
  if (!isKnown && call.address) countRefused(call.address, limits)
}
