import { ArgumentNames } from './argument-names.ts'
import type { CompiledPolicy, CompiledRule } from './compile.ts'
import type { Condition } from './condition.ts'
import type { Facts } from './facts.ts'
import type { Action, Decision, Doubts, Subject } from './decision.ts'
import { fail, guardArguments } from './guard-arguments.ts'
import { rememberAbout } from './rules-about.ts'
import { rememberOn, rulesOn } from './rules-on.ts'
import type { RuleOn } from './rules-on.ts'
import { fold, laxSpellingsOf, spellingsOf } from './spelling.ts'

/** Units of work (about a tenth of a microsecond each) that the conditions of one call may cost together. */
const MAX_WORK = 100_000

/** No name or URI is longer; comparing one of megabytes with all patterns of a policy would take seconds. */
const MAX_TARGET = 8_192

/**
 * Characters (about half a nanosecond each) that comparing the names of one call with patterns may look at together: a
 * batch of long URIs would hold up everybody for seconds under a large policy.
 */
const MAX_COMPARED = 200_000_000
/** What comparing costs beside them. */
const COMPARISON = 64

/** What the conditions and patterns of one call have cost so far, and the answers that hold for all of it. */
export interface Work {
  left: number
  toCompare: number
  readonly answers: Map<Condition, boolean | Error>
  /** What is only tried out has an allowance of its own: it must not use up what others are judged with. */
  tried?: Work
}

export const startWork = (): Work => ({ left: MAX_WORK, toCompare: MAX_COMPARED, answers: new Map() })

/**
 * May this caller do this? A rule that denies wins; then one that allows; then the default of the policy. What cannot be
 * told counts against the caller: a rule that denies then denies, one that allows does not. The same function answers for
 * calls and, with arguments unknown, for the entries of lists.
 */
export function decide(policy: CompiledPolicy, subject: Subject, action: Action, work: Work = startWork()): Decision {
  const all = policy.rulesFor(action.server)
  const asked = new Asked(subject, action, work)
  const about = rememberAbout(all, action, () => asked.findAmong(all))
  if (!about) return TOO_LONG
  const rules = rememberOn(about, subject)
  const decision = judge(policy, rules, asked, false)
  if (!rules.some(({ rule }) => rule.dryRun)) return decision
  const tried = judge(policy, rules, new Asked(subject, action, (work.tried ??= startWork())), true)
  if (tried.allowed === decision.allowed) return decision
  return { ...decision, dryRun: `${tried.allowed ? 'allowed' : 'denied'} by ${tried.by}` }
}

/** Whether an entry of a list is shown: unless no arguments and no further sign-in would ever make it allowed. */
export function isVisible(policy: CompiledPolicy, subject: Subject, entry: Action, work = startWork()): boolean {
  const asked = new Asked(subject, { ...entry, args: undefined }, work)
  const about = asked.findAmong(policy.rulesFor(entry.server))
  if (!about) return false
  const decision = judge(policy, rulesOn(about, subject), asked, false)
  return decision.allowed || decision.scopes !== undefined
}

const TOO_LONG: Decision = { allowed: false, by: 'default', problem: 'the name is too long to be judged' }

/** By rules that are about the message and the caller. */
function judge(policy: CompiledPolicy, rules: readonly RuleOn[], asked: Asked, withDryRun: boolean): Decision {
  let lacking: Lacking | undefined
  let open: CompiledRule | undefined
  let problem: string | undefined
  for (const { rule, lacksScopes } of rules) {
    if (rule.dryRun && !withDryRun) continue
    const match = asked.matches(rule, lacksScopes)
    if (match === 'no') continue
    if (typeof match === 'object') problem ??= `${rule.by}: ${match.problem}`
    if (!rule.denies) {
      if (match === 'yes') return settle(rule.by, lacking, asked)
      if (match === 'but for scopes') open ??= rule
    } else if (rule.unlessScopes === undefined) {
      return { allowed: false, by: rule.by, problem: typeof match === 'object' ? match.problem : undefined }
    } else lacking = { by: lacking?.by ?? rule.by, scopes: [...(lacking?.scopes ?? []), ...rule.unlessScopes] }
  }
  if (policy.allowsMembers || asked.action.kind === 'protocol') return settle('default', lacking, asked)
  if (!open) return { allowed: false, by: 'default', problem }
  return settle(open.by, { by: lacking?.by ?? open.by, scopes: [...(lacking?.scopes ?? []), ...open.scopes!] }, asked)
}

interface Lacking {
  readonly by: string
  readonly scopes: readonly string[]
}

function settle(by: string, lacking: Lacking | undefined, { subject }: Asked): Decision {
  if (!lacking) return { allowed: true, by }
  const scopes = subject.canStepUp ? [...new Set(lacking.scopes)] : undefined
  return { allowed: false, by: lacking.by, scopes }
}

type Match = 'no' | 'yes' | 'but for scopes' | { readonly problem: string }

/** One question, and what is worked out of it at most once. */
class Asked {
  readonly subject: Subject
  readonly action: Action
  readonly #work: Work
  #facts: Facts | undefined
  /** For conditions that do not ask for arguments. */
  #otherFacts: Facts | undefined
  #names: ArgumentNames | undefined
  #folded: readonly string[] | undefined
  #spellings: readonly string[] | undefined

  constructor(subject: Subject, action: Action, work: Work) {
    this.subject = subject
    this.action = action
    this.#work = work
  }

  /** Those that are about the message; undefined when its name is too long to be compared with all their patterns. */
  findAmong(rules: readonly CompiledRule[]): readonly CompiledRule[] | undefined {
    return this.#canCompare(rules) ? rules.filter((rule) => this.#isAbout(rule)) : undefined
  }

  #canCompare(rules: readonly CompiledRule[]): boolean {
    const { target } = this.action
    if (target === undefined) return true
    if (target.length > MAX_TARGET) return false
    const patterns = rules.reduce((sum, { globs }) => sum + globs, 0)
    if (patterns === 0) return true
    const characters = this.#targets().reduce((sum, { length }) => sum + COMPARISON + length, 0)
    return (this.#work.toCompare -= patterns * characters) >= 0
  }

  matches(rule: CompiledRule, lacksScopes: boolean): Match {
    if (rule.when !== undefined) {
      const holds = this.#holds(rule.when, rule.denies)
      if (holds instanceof Error) return rule.denies ? { problem: holds.message } : 'no'
      if (!holds) return 'no'
    }
    return lacksScopes ? 'but for scopes' : 'yes'
  }

  /** What the message is: its method, and what it acts on. */
  #isAbout(rule: CompiledRule): boolean {
    const { kind, method, toolClass } = this.action
    if (rule.methods && !rule.methods(rule.denies ? fold(method) : method)) return false
    if (!rule.isAboutTargets) return true
    if (rule.classes && (kind !== 'tool' || !isOfClass(rule, toolClass))) return false
    const isMeant =
      kind === 'tool' ? rule.tools : kind === 'prompt' ? rule.prompts : kind === 'resource' ? rule.resources : undefined
    if (isMeant === undefined) return kind === 'tool' && rule.classes !== undefined && rule.tools === undefined
    const names = rule.denies ? this.#foldedTargets() : this.#targets()
    return rule.denies ? names.some(isMeant) : names.length > 0 && names.every(isMeant)
  }

  #holds(condition: Condition, denies: boolean): boolean | Error {
    const { kind, args, bytes } = this.action
    if (condition.asksTool && kind !== 'tool' && kind !== 'prompt' && kind !== 'resource') return false
    // Of what arguments are to come nothing is known: they may yet be right, so the entry is shown.
    if (condition.asksArguments && args === undefined) return !denies
    const known = this.#work.answers.get(condition)
    if (known !== undefined) return known
    const answer = this.#evaluate(condition, bytes)
    if (condition.asksCallerOnly) this.#work.answers.set(condition, answer)
    return answer
  }

  #evaluate(condition: Condition, bytes: number): boolean | Error {
    const cost = condition.cost(bytes)
    if (cost > this.#work.left) return new Error('the message is too large to be judged by this condition')
    this.#work.left -= cost
    try {
      return condition.holds(this.#factsFor(condition))
    } catch (error) {
      return error instanceof Error ? new Error(error.message.split('\n')[0]!.slice(0, 300)) : new Error('unknown')
    }
  }

  #factsFor({ asksArguments, argumentNames }: Condition): Facts {
    const { subject, action } = this
    if (!asksArguments) return (this.#otherFacts ??= factsOf(subject, action, NO_ARGUMENTS))
    const args = action.args ?? NO_ARGUMENTS
    this.#facts ??= this.#factsOf(args, action.doubts?.())
    const isConfused = (this.#names ??= new ArgumentNames(args)).confuse(argumentNames)
    return isConfused ? failing(this.#facts, 'an argument has a name that differs only in case') : this.#facts
  }

  #factsOf(args: Facts['args'], doubts: Doubts | undefined): Facts {
    const { subject, action } = this
    if (typeof doubts === 'string') return failing(factsOf(subject, action, args), doubts)
    return factsOf(subject, action, doubts ? guardArguments(args, doubts) : args)
  }

  #targets(): readonly string[] {
    const { kind, target } = this.action
    return (this.#spellings ??= target === undefined ? [] : kind === 'resource' ? spellingsOf(target) : [target])
  }

  #foldedTargets(): readonly string[] {
    const { kind, target } = this.action
    return (this.#folded ??= (kind === 'resource' && target ? laxSpellingsOf(target) : this.#targets()).map(fold))
  }
}

/** Of a tool that nobody described, the worst is assumed: it may be of any class that a rule denies. */
function isOfClass({ classes, denies }: CompiledRule, toolClass: Action['toolClass']): boolean {
  if (toolClass !== undefined) return classes!.has(toolClass)
  return denies || classes!.has('destructive')
}

const NO_ARGUMENTS: Facts['args'] = {}

/** With arguments that fail whoever reads them, where a server could find others than the condition does. */
const failing = (facts: Facts, doubt: string): Facts => ({
  ...facts,
  get args() {
    return fail(doubt)
  },
})

/** Sets of scopes and groups live as long as the token that they came with. */
const lists = new WeakMap<ReadonlySet<string>, readonly string[]>()

function listOf(set: ReadonlySet<string>): readonly string[] {
  let list = lists.get(set)
  if (!list) lists.set(set, (list = [...set]))
  return list
}

/** A caller calls again and again: what conditions can ask about a subject is put together once. */
const callers = new WeakMap<Subject, Facts['principal']>()

function callerOf(subject: Subject): Facts['principal'] {
  const known = callers.get(subject)
  if (known) return known
  const { groups, scopes, appRoles, role, issuer = '', clientId = '' } = subject
  const caller = {
    kind: subject.kind,
    id: subject.memberId ?? subject.tokenId ?? '',
    role,
    roles: appRoles,
    scopes: listOf(scopes),
    issuer,
    client_id: clientId,
    // Absent while unknown, so that whoever asks for them gets no answer.
    ...(groups !== 'unknown' && { groups: listOf(groups) }),
  }
  callers.set(subject, caller)
  return caller
}

function factsOf(subject: Subject, { server, method, kind, target, request }: Action, args: Facts['args']): Facts {
  return {
    principal: callerOf(subject),
    server,
    method,
    tool: kind === 'tool' ? target! : '',
    args,
    request: { address: request.address, time: new Date(request.at) },
  }
}
