import { rateLimitFields } from '../http/rate-limit-fields.ts'
import type { Denial, LimitReason } from '../outcome/denial.ts'
import type { OpenLimit } from './open-calls.ts'
import type { Quota } from './spend.ts'

/** Whole seconds, and never "at once" (RFC 9110 §10.2.3). */
const toWaitSeconds = (milliseconds: number): number => Math.max(Math.ceil(milliseconds / 1000), 1)

/** A refusal by a limit. */
export type LimitDenial = Denial & { readonly denied: LimitReason }

export const rateLimited = ({ limit, remaining, resetMs }: Quota, hint?: string): LimitDenial => ({
  denied: {
    code: 'rate_limited',
    limit: limit.name,
    calls: limit.calls,
    seconds: limit.seconds,
    remaining,
    retryAfterSeconds: toWaitSeconds(resetMs),
    setting: limit.setting,
    ...(hint !== undefined && { hint }),
  },
})

export const tooManyOpenCalls = ({ name, max, setting }: OpenLimit): LimitDenial => ({
  denied: { code: 'too_many_open_calls', limit: name, openCalls: max, setting },
})

/** For answers to calls that were allowed. */
export const quotaHeaders = ({ limit, remaining, resetMs }: Quota): Record<string, string> =>
  rateLimitFields(
    { name: limit.name, quota: limit.calls, windowSeconds: limit.seconds },
    { remaining, resetSeconds: toWaitSeconds(resetMs) },
  )

/** For answers that are a 429 outside the gate, whose denials say the same by themselves. */
export const retryHeaders = (quota: Quota): Record<string, string> => ({
  ...quotaHeaders(quota),
  'retry-after': String(toWaitSeconds(quota.resetMs)),
})
