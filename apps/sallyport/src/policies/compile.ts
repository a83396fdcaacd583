import { toGuid } from '../connections/guid.ts'
import type { Awaitable } from '../store/when-ready.ts'
import { parseCondition } from './condition.ts'
import type { Condition } from './condition.ts'
import { anyOf, isGlob } from '../tools/pattern.ts'
import type { Matcher } from '../tools/pattern.ts'
import type { ToolClass } from '../tools/tool-class.ts'
import type { Policy, PolicyRule } from './policy.ts'
import { fold } from './spelling.ts'

/** A rule made ready to be asked on every call. What is undefined was not stated, and holds. */
export interface CompiledRule {
  readonly by: string
  readonly denies: boolean
  readonly dryRun: boolean
  readonly methods: Matcher | undefined
  readonly tools: Matcher | undefined
  readonly prompts: Matcher | undefined
  readonly resources: Matcher | undefined
  /** How many patterns with `*` those are. */
  readonly globs: number
  /** It speaks of particular things, so it says nothing of other messages. */
  readonly isAboutTargets: boolean
  readonly classes: ReadonlySet<ToolClass> | undefined
  readonly roles: ReadonlySet<string> | undefined
  readonly groups: readonly string[] | undefined
  readonly members: ReadonlySet<string> | undefined
  readonly tokens: ReadonlySet<string> | undefined
  readonly scopes: readonly string[] | undefined
  readonly unlessScopes: readonly string[] | undefined
  readonly when: Condition | undefined
}

export interface CompiledPolicy {
  readonly allowsMembers: boolean
  /** Rules that concern a server: those that deny, then those that allow. */
  rulesFor(server: string): readonly CompiledRule[]
  /** Whether a decision needs to know of groups. */
  readonly asksGroups: boolean
  readonly askForAllScopes: boolean
  /** Whether it can keep anything from anybody; a policy of dry runs cannot. */
  readonly restricts: boolean
  /** All scopes that rules speak of. */
  readonly scopes: readonly string[]
}

/** Where the policy of a teamspace is had from; nothing for one that leaves everything to the default. */
export interface PolicySource {
  find(teamspaceId: string): Awaitable<CompiledPolicy | undefined>
}

/** Throws for a condition that cannot be read: policies are checked before they are saved. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const rules = policy.rules.map((rule) => ({
    matchesServer: rule.servers && anyOf(rule.servers),
    rule: compile(rule),
  }))
  const ordered = [...rules.filter(({ rule }) => rule.denies), ...rules.filter(({ rule }) => !rule.denies)]
  const byServer = new Map<string, readonly CompiledRule[]>()
  return {
    allowsMembers: policy.default === 'allow members',
    rulesFor(server) {
      const known = byServer.get(server)
      if (known) return known
      const found = ordered.filter(({ matchesServer }) => matchesServer?.(server) ?? true).map(({ rule }) => rule)
      byServer.set(server, found) // as many as the configuration has servers
      return found
    },
    asksGroups: ordered.some(({ rule }) => rule.groups !== undefined || rule.when?.asksGroups),
    askForAllScopes: policy.askForAllScopes ?? false,
    restricts: policy.default === 'deny' || ordered.some(({ rule }) => rule.denies && !rule.dryRun),
    scopes: [
      ...new Set(policy.rules.flatMap(({ who, unless }) => [...(who?.scopes ?? []), ...(unless?.scopes ?? [])])),
    ],
  }
}

function compile(rule: PolicyRule): CompiledRule {
  const denies = rule.effect === 'deny'
  // Names are compared without case by rules that deny, exactly by those that allow.
  const named = (patterns: readonly string[] | undefined) =>
    patterns && anyOf(denies ? patterns.map((pattern) => fold(pattern)) : patterns)
  const setOf = <Of>(values: readonly Of[] | undefined) => values && new Set(values)
  const { tools, prompts, resources, classes, who } = rule
  return {
    by: `rule ${rule.name}`,
    denies,
    dryRun: rule.dryRun ?? false,
    methods: named(rule.methods),
    tools: named(tools),
    prompts: named(prompts),
    resources: named(resources),
    globs: [tools, prompts, resources].flatMap((patterns) => patterns ?? []).filter(isGlob).length,
    isAboutTargets: (tools ?? prompts ?? resources ?? classes) !== undefined,
    classes: setOf(classes),
    roles: setOf(who?.roles),
    groups: who?.groups?.map((group) => toGuid(group) ?? group),
    members: setOf(who?.members),
    tokens: setOf(who?.tokens),
    scopes: who?.scopes,
    unlessScopes: rule.unless?.scopes,
    when: rule.when === undefined ? undefined : conditionOf(rule.when),
  }
}

function conditionOf(text: string): Condition {
  const parsed = parseCondition(text)
  if ('problem' in parsed) throw new Error(`the condition cannot be read: ${parsed.problem}`)
  return parsed.condition
}

/** What is wrong with the conditions of a policy, by the path of each. */
export function checkPolicy(
  policy: Policy,
): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  return policy.rules.flatMap(({ when }, index) => {
    const parsed = when === undefined ? undefined : parseCondition(when)
    return parsed && 'problem' in parsed ? [{ path: ['rules', index, 'when'], message: parsed.problem }] : []
  })
}
