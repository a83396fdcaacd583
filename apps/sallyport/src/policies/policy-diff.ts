import { isDeepStrictEqual } from 'node:util'
import type { Policy, PolicyRule } from './policy.ts'

/** One side of a change: the rules that the other side has not, or has otherwise, and what always says most. */
export type PolicyPart = Omit<Policy, 'rules'> & { readonly rules: readonly PolicyRule[] }

export interface PolicyDiff {
  readonly before: PolicyPart
  readonly after: PolicyPart
}

/** What differs between two policies; undefined when nothing does, the order of rules included. */
export function diffPolicies(before: Policy, after: Policy): PolicyDiff | undefined {
  if (isDeepStrictEqual(before, after)) return undefined
  return { before: partOf(before, after), after: partOf(after, before) }
}

function partOf({ rules, ...rest }: Policy, other: Policy): PolicyPart {
  const others = new Map(other.rules.map((rule) => [rule.name, rule]))
  return { ...rest, rules: rules.filter((rule) => !isDeepStrictEqual(rule, others.get(rule.name))) }
}
