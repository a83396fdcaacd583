import type { Role } from '../../api/roles.ts'

export type Effect = 'allow' | 'deny'
export type ToolClass = 'read' | 'write' | 'destructive'

export interface Who {
  readonly roles?: readonly Role[]
  readonly groups?: readonly string[]
  readonly members?: readonly string[]
  readonly tokens?: readonly string[]
  readonly scopes?: readonly string[]
}

export interface PolicyRule {
  readonly name: string
  readonly effect: Effect
  readonly servers?: readonly string[]
  readonly methods?: readonly string[]
  readonly tools?: readonly string[]
  readonly prompts?: readonly string[]
  readonly resources?: readonly string[]
  readonly classes?: readonly ToolClass[]
  readonly who?: Who
  readonly when?: string
  readonly unless?: { readonly scopes: readonly string[] }
  readonly dryRun?: boolean
}

export interface Policy {
  readonly default: 'allow members' | 'deny'
  readonly askForAllScopes?: boolean
  readonly rules: readonly PolicyRule[]
}

const LISTS = ['servers', 'methods', 'tools', 'prompts', 'resources', 'classes'] as const
const WHO_LISTS = ['roles', 'groups', 'members', 'tokens', 'scopes'] as const

/**
 * The document as a policy that the form can show; undefined for one that only its author and the JSON view can put right.
 * The server judges the rest: here nothing may break a page.
 */
export function asPolicy(document: unknown): Policy | undefined {
  if (!isObject(document) || !Array.isArray(document['rules'])) return undefined
  if (document['default'] !== 'allow members' && document['default'] !== 'deny') return undefined
  return document['rules'].every(isRule) ? (document as unknown as Policy) : undefined
}

function isRule(rule: unknown): boolean {
  if (!isObject(rule) || typeof rule['name'] !== 'string') return false
  const { effect, who, when, unless } = rule
  if (effect !== 'allow' && effect !== 'deny') return false
  if (when !== undefined && typeof when !== 'string') return false
  if (unless !== undefined && !(isObject(unless) && isTexts(unless['scopes']))) return false
  if (who !== undefined && !(isObject(who) && WHO_LISTS.every((name) => isTextsOrAbsent(who[name])))) return false
  return LISTS.every((name) => isTextsOrAbsent(rule[name]))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((text) => typeof text === 'string')
const isTextsOrAbsent = (value: unknown): boolean => value === undefined || isTexts(value)

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The first of `name`, `name 2`, `name 3` … that no rule has. */
export function freeName(wanted: string, rules: readonly PolicyRule[]): string {
  const taken = new Set(rules.map(({ name }) => name))
  if (!taken.has(wanted)) return wanted
  const stem = wanted.replace(/ \d+$/, '').slice(0, 74)
  for (let number = 2; ; number++) if (!taken.has(`${stem} ${number}`)) return `${stem} ${number}`
}
