import { BoundedMap } from '@sallyport/verifier'
import type { CompiledRule } from './compile.ts'
import type { Action } from './decision.ts'

type Rules = readonly CompiledRule[]

/** Names that a teamspace's people use are few; whoever makes up new ones finds out only that they are looked at anew. */
const MAX_KNOWN = 128
const MAX_NAME = 256

const known = new WeakMap<Rules, BoundedMap<Rules>>()

/**
 * Of these rules, those about what this message names, whoever sends it: `find` is asked once for each method, tool,
 * prompt or resource, and again where it could not tell. Nothing of the caller, the arguments or the time goes into that.
 */
export function rememberAbout(all: Rules, action: Action, find: () => Rules | undefined): Rules | undefined {
  const { kind, method, target, toolClass } = action
  if (method.length > MAX_NAME || (target !== undefined && target.length > MAX_NAME)) return find()
  let ofRules = known.get(all)
  if (!ofRules) known.set(all, (ofRules = new BoundedMap(MAX_KNOWN)))
  // The length tells where the method ends, whatever is in it.
  const key = `${kind} ${toolClass} ${method.length} ${method}${target === undefined ? '' : ` ${target}`}`
  const found = ofRules.get(key)
  if (found) return found
  const rules = find()
  if (rules) ofRules.set(key, rules)
  return rules
}
