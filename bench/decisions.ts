import { compilePolicy } from '../apps/sallyport/src/policies/compile.ts'
import { decide } from '../apps/sallyport/src/policies/decide.ts'
import type { Action, Subject } from '../apps/sallyport/src/policies/decision.ts'
import { CALL } from './messages.ts'
import { CALLED_TOOL, twoHundredRules } from './rules.ts'
import { percentile } from './statistics.ts'
import { fixed, table } from './table.ts'

/** One kind of call, and what deciding about it costs. */
export interface DecisionCost {
  readonly what: string
  readonly median: number
  readonly p99: number
}

const SCOPE = 'mcp.access'
const WARM = 20_000
const MEASURED = 20_000

const developer: Subject = {
  kind: 'member',
  memberId: '0192f0c4-0000-7000-8000-000000000001',
  tokenId: undefined,
  role: 'developer',
  holderRole: undefined,
  scopes: new Set([SCOPE, 'User.Read']),
  groups: new Set(),
  appRoles: [],
  issuer: 'https://login.microsoftonline.com/7e9a0000-0000-4000-8000-00000000be9c/v2.0',
  clientId: 'c1e17000-0000-4000-8000-000000000001',
  canStepUp: true,
}

const { params } = JSON.parse(CALL) as { params: { arguments: Record<string, unknown> } }

const call: Action = {
  server: 'bench',
  kind: 'tool',
  method: 'tools/call',
  target: CALLED_TOOL,
  toolClass: 'read',
  args: params.arguments,
  bytes: CALL.length,
  request: { address: '127.0.0.1', at: 1_790_000_000_000 },
}

/** Each with the decision that it must come to: a wrong one is not worth measuring. */
const KINDS: readonly [what: string, by: string, action: Action, subject?: Subject][] = [
  ['allowed by the last of 200 rules', 'rule scoped-49', call],
  ['… of another client and role', 'rule scoped-49', call, { ...developer, role: 'admin', clientId: 'other' }],
  ['denied by the last of 50 conditions', 'rule condition-49', call, { ...developer, clientId: 'client-49' }],
  ['denied by name', 'rule named-99', { ...call, target: 'drop_99_all', toolClass: 'destructive' }],
  ['lacking a scope', 'rule scoped-0', call, { ...developer, scopes: new Set(['User.Read']) }],
  ['an entry of a list', 'rule scoped-49', { ...call, args: undefined, bytes: 0 }],
  ['a message of the protocol', 'default', { ...call, kind: 'protocol', method: 'ping', target: undefined }],
]

/** Decisions with 200 rules and CEL, the way the gate makes them: what is worked out for one call is gone for the next. */
export function measureDecisions(): DecisionCost[] {
  const policy = compilePolicy(twoHundredRules(SCOPE))
  const costs = KINDS.map(([what, by, action, subject = developer]) => {
    const decideOnce = () => decide(policy, { ...subject }, { ...action })
    const decision = decideOnce()
    if (decision.by !== by) throw new Error(`"${what}" was decided by ${decision.by}, not by ${by}`)
    for (let round = 0; round < WARM; round++) decideOnce()
    return { what, decideOnce }
  })
  return costs.map(({ what, decideOnce }) => {
    const took = new Float64Array(MEASURED)
    for (let round = 0; round < MEASURED; round++) {
      const from = performance.now()
      decideOnce()
      took[round] = (performance.now() - from) * 1000
    }
    const all = Array.from(took)
    return { what, median: percentile(all, 50), p99: percentile(all, 99) }
  })
}

export function decisionsTable(costs: readonly DecisionCost[]): string {
  const lines = costs.map(({ what, median, p99 }) => [what, fixed(median, 1), fixed(p99, 1)])
  return `Decisions with 200 rules, µs\n${table([['', 'median', 'p99'], ...lines])}`
}
