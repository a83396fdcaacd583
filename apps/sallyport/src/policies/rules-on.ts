import type { CompiledRule } from './compile.ts'
import type { Subject } from './decision.ts'

type Rules = readonly CompiledRule[]

/** A rule that concerns a caller. */
export interface RuleOn {
  readonly rule: CompiledRule
  /** Of one that allows: what it asks for is more than the caller has. */
  readonly lacksScopes: boolean
}

const known = new WeakMap<Rules, WeakMap<Subject, readonly RuleOn[]>>()

/** The same for the same caller: who calls again is asked about once. */
export function rememberOn(rules: Rules, subject: Subject): readonly RuleOn[] {
  let ofRules = known.get(rules)
  if (!ofRules) known.set(rules, (ofRules = new WeakMap()))
  const found = ofRules.get(subject)
  if (found) return found
  const on = rulesOn(rules, subject)
  ofRules.set(subject, on)
  return on
}

/** Of these rules, those that concern this caller, in their order. Nothing of the message or the time goes into that. */
export function rulesOn(rules: Rules, subject: Subject): readonly RuleOn[] {
  const on: RuleOn[] = []
  for (const rule of rules) {
    if (!concerns(rule, subject)) continue
    const lacksScopes = rule.scopes !== undefined && !hasAll(subject, rule.scopes)
    const isLifted = rule.unlessScopes !== undefined && hasAll(subject, rule.unlessScopes)
    if (!(rule.denies && (lacksScopes || isLifted))) on.push({ rule, lacksScopes })
  }
  return on
}

function concerns({ denies, roles, groups, members, tokens }: CompiledRule, subject: Subject): boolean {
  if (roles && !roles.has(subject.role) && !(denies && roles.has(subject.holderRole ?? ''))) return false
  if (members && !(subject.memberId !== undefined && members.has(subject.memberId))) return false
  if (tokens && !isOneOf(tokens, subject)) return false
  if (!groups) return true
  const { groups: own } = subject
  return own === 'unknown' ? denies : groups.some((group) => own.has(group))
}

const isOneOf = (tokens: ReadonlySet<string>, { tokenId, replacedTokenIds = [] }: Subject): boolean =>
  tokenId !== undefined && (tokens.has('*') || tokens.has(tokenId) || replacedTokenIds.some((id) => tokens.has(id)))

function hasAll({ scopes }: Subject, asked: readonly string[]): boolean {
  for (const scope of asked) if (!scopes.has(scope)) return false
  return true
}
