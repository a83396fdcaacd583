import { isSame } from './policy.ts'
import type { Policy, PolicyRule } from './policy.ts'

export interface RuleChange {
  readonly name: string
  readonly kind: 'added' | 'removed' | 'changed'
  readonly before?: PolicyRule
  readonly after?: PolicyRule
}

export interface PolicyChanges {
  readonly rules: readonly RuleChange[]
  readonly isReordered: boolean
  /** What is no rule: the default, and whether all scopes are asked for. */
  readonly general: { readonly before: unknown; readonly after: unknown } | undefined
}

/** What saving would change. A rule is the same one while its name is; a new name is a new rule. */
export function changesOf(before: Policy, after: Policy): PolicyChanges {
  const [old, now] = [byName(before), byName(after)]
  const rules = [
    ...before.rules
      .filter(({ name }) => !now.has(name))
      .map((rule) => ({ name: rule.name, kind: 'removed', before: rule }) as const),
    ...after.rules.flatMap((rule): RuleChange[] => {
      const { name } = rule
      const earlier = old.get(name)
      if (!earlier) return [{ name, kind: 'added', after: rule }]
      return isSame(earlier, rule) ? [] : [{ name, kind: 'changed', before: earlier, after: rule }]
    }),
  ]
  const common = (policy: Policy, other: ReadonlyMap<string, unknown>) =>
    policy.rules.map(({ name }) => name).filter((name) => other.has(name))
  const [{ rules: _, ...generalBefore }, { rules: __, ...generalAfter }] = [before, after]
  return {
    rules,
    isReordered: !isSame(common(before, now), common(after, old)),
    general: isSame(generalBefore, generalAfter) ? undefined : { before: generalBefore, after: generalAfter },
  }
}

const byName = ({ rules }: Policy): ReadonlyMap<string, PolicyRule> => new Map(rules.map((rule) => [rule.name, rule]))

/** In a few words. */
export function sayChanges({ rules, isReordered, general }: PolicyChanges): string {
  const count = (kind: RuleChange['kind']) => rules.filter((change) => change.kind === kind).length
  const parts = (['added', 'changed', 'removed'] as const).flatMap((kind) => {
    const found = count(kind)
    return found === 0 ? [] : [`${found} ${found === 1 ? 'rule' : 'rules'} ${kind}`]
  })
  if (general) parts.unshift('the default changed')
  if (isReordered) parts.push('rules reordered')
  const said = parts.join(', ')
  return said.charAt(0).toUpperCase() + said.slice(1)
}
