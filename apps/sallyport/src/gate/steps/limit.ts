import { hash } from 'node:crypto'
import type { OpenCalls, OpenClaim, OpenLimit } from '../../limits/open-calls.ts'
import { rateLimited, tooManyOpenCalls } from '../../limits/rate-denial.ts'
import type { RateCounter } from '../../limits/rate-counter.ts'
import { spend } from '../../limits/spend.ts'
import type { Charge, Quota, Spent } from '../../limits/spend.ts'
import { fold } from '../../policies/spelling.ts'
import type { Matcher } from '../../tools/pattern.ts'
import { answering } from '../answering.ts'
import { advance } from '../call.ts'
import type { AuthorizedCall, LimitedCall } from '../call.ts'
import type { Denial } from '../../outcome/denial.ts'

/** Limits of callers who are known. */
export interface CallLimits {
  readonly rates: CallRates
  /** Whether there is any of them, tools included. */
  readonly isAnyRate: boolean
  readonly open: { readonly principal: OpenLimit | undefined; readonly teamspace: OpenLimit | undefined }
  readonly openCalls: OpenCalls
  readonly now: () => number
}

export interface CallRates {
  readonly principal: RateCounter | undefined
  readonly teamspace: RateCounter | undefined
  readonly tool: RateCounter | undefined
  /** A principal's calls of tools, by server. */
  readonly tools: ReadonlyMap<string, readonly ToolRate[]>
}

export interface ToolRate {
  /** Whether it is about the tool of this name, as `fold` spells it. */
  readonly matches: Matcher
  readonly counter: RateCounter
}

/** How often, and how many at once: asked last, so that what is refused anyway costs nobody anything. */
export function limit(call: AuthorizedCall, limits: CallLimits): LimitedCall | Denial | Promise<LimitedCall | Denial> {
  if (!limits.isAnyRate) return claimOpen(call, undefined, limits)
  const charges = chargesOf(call, limits.rates)
  if (charges.length === 0) return claimOpen(call, undefined, limits)
  const spent = spend(charges, limits.now)
  const next = ({ isAllowed, quota }: Spent) =>
    isAllowed ? claimOpen(call, quota, limits) : answering(rateLimited(quota), call.messages)
  return spent instanceof Promise ? spent.then(next) : next(spent)
}

/** Each message counts, so that a batch is no way around a limit. Whoever has proven nothing counts as nobody. */
function chargesOf(call: AuthorizedCall, { principal, teamspace, tool, tools }: CallRates): Charge[] {
  const { teamspaceId = '', countedAs: caller } = call.principal
  const points = Math.max(call.messages.length, 1) // GET and DELETE have none
  const charges: Charge[] = []
  if (principal && caller !== undefined) charges.push({ counter: principal, key: caller, points })
  if (teamspace && teamspaceId !== '') charges.push({ counter: teamspace, key: teamspaceId, points })
  const rates = (caller !== undefined && tools.get(call.server.name)) || undefined
  if (!tool && !rates) return charges

  const names: string[] = []
  for (const { method, target } of call.messages) {
    if (method === 'tools/call' && target !== undefined) names.push(spelt(target))
  }
  if (tool) {
    for (const [name, times] of countEach(names)) {
      charges.push({ counter: tool, key: `${teamspaceId}:${call.server.name}:${bounded(name)}`, points: times })
    }
  }
  for (const { matches, counter } of rates ?? []) {
    const times = names.filter((name) => name.length > MAX_NAME || matches(name)).length
    if (times > 0) charges.push({ counter, key: caller!, points: times })
  }
  return charges
}

function countEach(names: readonly string[]): Iterable<readonly [name: string, times: number]> {
  if (names.length === 1) return [[names[0]!, 1]] // nearly always
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** No tool has a longer name; what is fits every pattern. */
const MAX_NAME = 8_192

/** As rules that deny compare names: a server that takes another spelling runs the same tool, and must not run it more often. */
const spelt = (name: string): string => (name.length > MAX_NAME ? name : fold(name))

/** Callers write the names of tools, and may write long ones. */
const bounded = (name: string): string => (name.length > 128 ? hash('sha256', name, 'base64url') : name)

function claimOpen(
  call: AuthorizedCall,
  quota: Quota | undefined,
  { open, openCalls }: CallLimits,
): LimitedCall | Denial {
  const { teamspaceId, countedAs } = call.principal
  const claims: OpenClaim[] = []
  if (open.principal && countedAs !== undefined) claims.push({ limit: open.principal, key: countedAs })
  if (open.teamspace && teamspaceId !== undefined) claims.push({ limit: open.teamspace, key: teamspaceId })
  const full = openCalls.claim(call.response, claims)
  return full ? answering(tooManyOpenCalls(full), call.messages) : advance(call, 'limit', { quota })
}
