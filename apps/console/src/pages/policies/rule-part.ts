import type { FieldError } from '../../api/client.ts'
import type { PolicyRule } from './policy.ts'

/** What each part of the form is given. */
export interface RulePart {
  readonly rule: PolicyRule
  readonly change: (part: Changes) => void
  /** What the server says of a member, by its path within the rule. */
  readonly errorOf: (path: string) => string | undefined
}

/** Undefined and empty members are left out of the rule. */
export type Changes = { readonly [Member in keyof PolicyRule]?: PolicyRule[Member] | undefined }

/** Of one rule, by path within it. */
export const errorsOf = (errors: readonly FieldError[], index: number): readonly FieldError[] => {
  const prefix = `rules.${index}`
  return errors.flatMap(({ path, says }) =>
    path === prefix || path.startsWith(`${prefix}.`) ? [{ path: path.slice(prefix.length + 1), says }] : [],
  )
}

/** What is empty is left out: a list without entries would be refused. */
export function withChanges(rule: PolicyRule, changes: Changes): PolicyRule {
  const stated = Object.entries({ ...rule, ...changes }).filter(([, value]) => !isEmpty(value))
  return { name: '', ...Object.fromEntries(stated) } as PolicyRule
}

const isEmpty = (value: unknown): boolean => {
  if (value === undefined || value === '' || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null && Object.values(value).every(isEmpty)
}
