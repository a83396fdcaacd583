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

/** What people ask of arguments and callers; all of them are about the called tool, and all are false for its calls. */
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

const denyWhen = (index: number): PolicyRule => ({
  name: `condition-${index}`,
  effect: 'deny',
  tools: [CALLED_TOOL],
  when: CONDITIONS[index % CONDITIONS.length]!(index),
})

/** Only the last of them holds for a call of the bench. */
const allowScoped = (index: number, all: readonly unknown[], scope: string): PolicyRule => ({
  name: `scoped-${index}`,
  effect: 'allow',
  classes: index % 2 === 0 ? ['read', 'write'] : ['read'],
  who: { scopes: index === all.length - 1 ? [scope] : [scope, `tools.${index}`] },
})

/** 200 rules, of which a call that is allowed has to pass all: 100 by name and role, 50 conditions, 50 by scope and class. */
export const twoHundredRules = (scope: string): Policy => ({
  default: 'deny',
  rules: [...times(100, denyNamed), ...times(50, denyWhen), ...times(50, (i) => allowScoped(i, Array(50), scope))],
})
