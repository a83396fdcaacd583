import { BoundedMap } from '@sallyport/verifier'
import type { CompiledRule } from './compile.ts'
import type { Action } from './decision.ts'

type Rules = readonly CompiledRule[]

/** Names that a teamspace's people use are few; whoever makes up new ones finds out only that they are looked at anew. */
const MAX_KNOWN = 128
const MAX_NAME = 256

/** Ways to name one thing: by kind, method and class there are few, unless somebody makes them up. */
const MAX_WAYS = 16

interface About extends Pick<Action, 'kind' | 'method' | 'target' | 'toolClass'> {
  readonly rules: Rules
}

const known = new WeakMap<Rules, BoundedMap<readonly About[]>>()

/**
 * Of these rules, those about what this message names, whoever sends it: `find` is asked once for each method, tool,
 * prompt or resource, and again where it could not tell. Nothing of the caller, the arguments or the time goes into that.
 */
export function rememberAbout(all: Rules, action: Action, find: () => Rules | undefined): Rules | undefined {
  const { kind, method, target, toolClass } = action
  if (method.length > MAX_NAME || (target !== undefined && target.length > MAX_NAME)) return find()
  let ofRules = known.get(all)
  if (!ofRules) known.set(all, (ofRules = new BoundedMap(MAX_KNOWN)))
  const ways = ofRules.get(target ?? method) // as it is: a key put together would have to be hashed for each call
  const way = ways?.find((each) => isSame(each, action))
  if (way) return way.rules
  const rules = find()
  const others = ways && ways.length < MAX_WAYS ? ways : []
  if (rules) ofRules.set(target ?? method, [...others, { kind, method, target, toolClass, rules }])
  return rules
}

const isSame = (about: About, { kind, method, target, toolClass }: Action): boolean =>
  about.target === target && about.method === method && about.kind === kind && about.toolClass === toolClass
