import { TERMS } from '../../outcome/denial.ts'
import type { DenialReason } from '../../outcome/denial.ts'
import type { Step } from '../../telemetry/step.ts'
import { TOOL_WEIGHTS } from './cast.ts'
import type { PastToken } from './cast.ts'
import { eagernessDuring, endedByOutage } from './incidents.ts'
import type { Outage } from './incidents.ts'
import { pastCall } from './past-call.ts'
import type { Caller, Ended, PastCall } from './past-call.ts'
import type { Random } from './random.ts'
import { busyness, HOUR_MS } from './rhythm.ts'

export interface PastMember extends Caller {
  readonly slug: string
  readonly role: string
  readonly since: number
}

export interface TokenUse {
  readonly token: PastToken
  readonly id: string
  readonly since: number
  readonly until: number
  /** Some clients try for a while what does not work any more. */
  readonly lingersUntil: number
  readonly address: string
  readonly teamspaceId: string
}

export interface Past {
  readonly members: readonly PastMember[]
  readonly tokens: readonly TokenUse[]
  /** Of the Entra tenant, but no members. */
  readonly strangers: readonly Caller[]
  /** Whether a rule of this name was in force at this time, or tried out. */
  readonly rules: (slug: string, rule: string, at: number) => 'enforced' | 'tried' | undefined
  readonly outage: Outage
}

/** Calls of a member in their busiest hour. */
const BUSIEST = 2.6
const TOOLS = Object.entries(TOOL_WEIGHTS).flatMap(([tool, weight]) => Array<string>(weight).fill(tool))
const PEOPLE_ON = { server: 'findings', exchange: 'entra-obo' } as const
const TOKENS_ON = { server: 'scanner', exchange: 'signed-identity' } as const

/** All calls of one hour, in their order. */
export function callsOfHour(hour: number, until: number, past: Past, random: Random): PastCall[] {
  const at = () => hour + random.next() * (Math.min(until, hour + HOUR_MS) - hour)
  const eagerness = eagernessDuring(hour, past.outage)
  const calls: PastCall[] = []
  for (const member of past.members.filter(({ since }) => since <= hour)) {
    const count = random.times(BUSIEST * busyness(hour) * eagerness)
    for (let call = 0; call < count; call += 1) calls.push(callOfMember(at(), member, past, random))
  }
  for (const use of past.tokens.filter(({ since, lingersUntil }) => since <= hour && hour < lingersUntil))
    for (let call = random.times(use.token.hourly); call > 0; call -= 1)
      calls.push(callOfToken(at(), use, past, random))
  for (const stranger of past.strangers)
    if (random.next() < 0.04 * busyness(hour)) calls.push(...callsOfStranger(at(), stranger, random))
  return calls.filter(({ event }) => event.at < until).sort((a, b) => a.event.at - b.event.at)
}

function callOfMember(at: number, member: PastMember, past: Past, random: Random): PastCall {
  const { slug, role, since: _, ...caller } = member
  const isList = random.next() < 0.12
  const target = isList ? undefined : random.pick(TOOLS)
  const on = { ...PEOPLE_ON, rpcMethod: isList ? 'tools/list' : 'tools/call', ...(target && { target }) }
  const ended =
    endedByOutage(at, past.outage, random) ??
    refusedByRule(at, { role, target, slug }, past, random) ??
    allowed(past.rules(slug, 'attacks are for owners', at) ? 'default' : `role:${role}`, random)
  return pastCall(at, caller, on, ended, random)
}

function refusedByRule(
  at: number,
  { role, target, slug }: { readonly role: string; readonly target: string | undefined; readonly slug: string },
  past: Past,
  random: Random,
): Ended | undefined {
  const rule = (name: string) => past.rules(slug, name, at)
  const forbidden = (name: string) => refused('call_forbidden', 'authorize', { by: `rule ${name}` }, random)
  if (target === 'list_dast_results' && role === 'developer' && rule('attacks are for owners'))
    return refused('tool_unknown', 'authorize', { target, by: 'rule attacks are for owners' }, random)
  if (target === 'export_findings' && random.next() < 0.6) {
    const name = 'critical findings stay here'
    if (rule(name) === 'enforced') return forbidden(name)
    if (rule(name) === 'tried') return { ...allowed('default', random), dryRun: `denied by rule ${name}` }
  }
  if (target === 'acknowledge_finding' && rule('accepting a risk') && random.next() < 0.5)
    return refused('scope_insufficient', 'authorize', { required: ['findings.write'], presented: [] }, random)
  return undefined
}

function callOfToken(at: number, use: TokenUse, past: Past, random: Random): PastCall {
  const { token, id, until, address, teamspaceId } = use
  const on = { ...TOKENS_ON, rpcMethod: 'tools/call', target: random.pick(token.tools) }
  // Whoever holds a token that ended is nobody: the call belongs to no teamspace.
  if (at >= until)
    return pastCall(at, { address }, TOKENS_ON, refused('token_invalid', 'authenticate', {}, random), random)
  const caller = { address, teamspaceId, principal: 'mcp_token', subject: id }
  const ended =
    endedByOutage(at, past.outage, random) ??
    refusedByToken(on.target, token, random) ??
    allowed('role:developer', random)
  return pastCall(at, caller, on, ended, random)
}

function refusedByToken(target: string, token: PastToken, random: Random): Ended | undefined {
  if (token.scopes && target === 'export_findings')
    return refused(
      'token_scope_insufficient',
      'authorize',
      { required: [`tool:${target}`], presented: token.scopes },
      random,
    )
  if (target === 'rescan' && random.next() < 0.15)
    return refused('rate_limited', 'limit', { setting: 'servers.scanner.toolRates' }, random)
  return undefined
}

/** A client tries twice, and gives up. */
function callsOfStranger(at: number, caller: Caller, random: Random): PastCall[] {
  const presented = { issuer: caller.issuer, subject: caller.subject }
  return [0, 1_500].map((later) =>
    pastCall(at + later, caller, PEOPLE_ON, refused('member_unknown', 'admit', { presented }, random), random),
  )
}

function allowed(rule: string, random: Random): Ended {
  return { decision: 'allowed', rule, status: 200, upstreamStatus: 200, durationMs: random.spread(28) }
}

function refused(
  code: DenialReason['code'],
  step: Step,
  detail: Readonly<Record<string, unknown>>,
  random: Random,
): Ended {
  return {
    decision: 'denied',
    rule: code,
    step,
    status: TERMS[code].status,
    durationMs: random.spread(1),
    ...(Object.keys(detail).length > 0 && { detail }),
  }
}
