import type { Policy, PolicyRule } from '../apps/sallyport/src/policies/policy.ts'

/** The tool that every call of the bench asks for, and its class. */
export const CALLED_TOOL = 'search'

const times = <Item>(count: number, make: (index: number) => Item): Item[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** By name, half of them for a role too: each has to be asked about, and none concerns the called tool. */
const denyNamed = (index: number): PolicyRule => ({
  name: `named-${index}`,
  effect: 'deny',
  tools: [`delete_table_${index}`, `drop_${index}_*`, `*_secret_${index}`],
  ...(index % 2 === 0 && { who: { roles: ['developer', 'admin'] } }),
})

/** What people ask of arguments and callers; all are false for the calls of the bench. */
const CONDITIONS: readonly ((index: number) => string)[] = [
  (index) => `args.limit > ${1000 + index}`,
  (index) => `args.language == "x-${index}"`,
  (index) => `args.query.startsWith("forbidden ${index}")`,
  (index) => `has(args.path) && args.path.startsWith("/private/${index}/")`,
  (index) => `principal.role == "owner" && args.limit > ${index}`,
  (index) => `!(args.language in ["en", "de", "l${index}"])`,
  (index) => `"scope.${index}" in principal.scopes`,
  (index) => `args.query.size() > ${100_000 + index} || args.limit == -${index + 1}`,
  (index) => `request.address.startsWith("192.0.2.${index}")`,
  (index) => `tool == "search" && principal.client_id == "client-${index}"`,
]

/** Every third condition, so of each sort some, is about the called tool, the others about other tools; or all are about it. */
const denyWhen = (index: number, all: boolean): PolicyRule => ({
  name: `condition-${index}`,
  effect: 'deny',
  tools: [all || index % 3 === 1 ? CALLED_TOOL : `tool_${index}`],
  when: CONDITIONS[index % CONDITIONS.length]!(index),
})

/** Only the last of them holds for a call of the bench. */
const allowScoped = (index: number, all: readonly unknown[], scope: string): PolicyRule => ({
  name: `scoped-${index}`,
  effect: 'allow',
  classes: index % 2 === 0 ? ['read', 'write'] : ['read'],
  who: { scopes: index === all.length - 1 ? [scope] : [scope, `tools.${index}`] },
})

interface Counts {
  readonly named: number
  readonly conditions: number
  readonly scoped: number
  readonly allConditionsApply?: boolean
}

/** Rules of which a call that is allowed has to pass all; the last holds. */
const rulesOf = (scope: string, { named, conditions, scoped, allConditionsApply = false }: Counts): Policy => ({
  default: 'deny',
  rules: [
    ...times(named, denyNamed),
    ...times(conditions, (index) => denyWhen(index, allConditionsApply)),
    ...times(scoped, (index) => allowScoped(index, Array(scoped), scope)),
  ],
})

/** As many as a teamspace may come to have: 100 by name and role, 50 conditions, 50 by scope and class. */
export const twoHundredRules = (scope: string, { allConditionsApply = false } = {}): Policy =>
  rulesOf(scope, { named: 100, conditions: 50, scoped: 50, allConditionsApply })

/** As many as a teamspace has: 10 by name and role, 5 conditions, 5 by scope and class. */
export const twentyRules = (scope: string): Policy => rulesOf(scope, { named: 10, conditions: 5, scoped: 5 })
