import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClientAddress } from '../../http/client-address.ts'
import type { AddressLimits } from '../../limits/address-limits.ts'
import { createOpenCalls } from '../../limits/open-calls.ts'
import { localCounter } from '../../limits/rate-counter.ts'
import { deny, isDenied } from '../../outcome/denial.ts'
import type { Denial } from '../../outcome/denial.ts'
import type { Call } from '../call.ts'
import { countRefusal, throttle } from './throttle.ts'

const now = () => 1_800_000_000_000
const limit = { name: 'refused', setting: 'limits.rate.refused', calls: 2, seconds: 60 }

const limitsOf = (): AddressLimits => ({
  addressOf: createClientAddress([]),
  calls: undefined,
  refused: localCounter(limit, now),
  open: undefined,
  openCalls: createOpenCalls(),
  now,
})

const callFrom = (remoteAddress: string, forwarded?: string, record: object = {}) =>
  ({
    request: { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } },
    record: { ...record },
  }) as unknown as Call

function refusedWith(limits: AddressLimits, denial: Denial, call: Call): void {
  const throttled = throttle(call, limits)
  if (!isDenied(throttled)) countRefusal(throttled, denial, limits)
}

test('an operator who forgot trustedProxies is told so where everybody counts as the proxy', () => {
  const limits = limitsOf()
  for (const client of ['192.0.2.1', '192.0.2.2']) {
    refusedWith(limits, deny({ code: 'token_missing' }), callFrom('10.0.0.1', client))
  }
  const outcome = throttle(callFrom('10.0.0.1', '192.0.2.3'), limits)
  assert.ok(isDenied(outcome) && outcome.denied.code === 'rate_limited')
  assert.match(outcome.denied.hint ?? '', /trustedProxies/)
})

test('what a known caller may not do is not counted; what nobody can read is, and 429 never', () => {
  const counted = (denial: Denial, record: object = {}) => {
    const limits = limitsOf()
    refusedWith(limits, denial, callFrom('192.0.2.1', undefined, record))
    return limits.refused!.find('192.0.2.1') !== undefined
  }
  const known = { principal: 'member' }
  assert.equal(counted(deny({ code: 'member_unknown' })), true)
  assert.equal(counted(deny({ code: 'scope_insufficient', required: [] }), known), false)
  assert.equal(counted(deny({ code: 'session_unknown' }), known), false)
  assert.equal(counted(deny({ code: 'message_malformed', detail: '' }), known), true)
  assert.equal(counted(deny({ code: 'too_many_open_calls', limit: 'address', openCalls: 1, setting: '' })), false)
})
