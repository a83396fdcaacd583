import { fold } from '../policies/spelling.ts'
import { matcher } from './pattern.ts'
import type { Matcher } from './pattern.ts'
import { rankOf } from './tool-class.ts'
import type { ToolClass } from './tool-class.ts'

/** What the operator says of a server's tools: patterns of names, and their class. */
export type ToolClasses = Readonly<Record<string, ToolClass>>

/**
 * The class that rules go by, in lists and at calls alike: the operator's word, where there is one; else what the server
 * was heard to say. Undefined when nothing is known.
 */
export function toolClassFor(
  { toolClasses }: { readonly toolClasses?: ToolClasses | undefined },
  name: string,
  heard: ToolClass | undefined,
): ToolClass | undefined {
  return (toolClasses && statedFor(toolClasses, name)) ?? heard
}

interface Stated {
  readonly matches: Matcher
  /** As a server would that does not mind case. */
  readonly mayMatch: (folded: string) => boolean
  readonly isExact: boolean
  readonly toolClass: ToolClass
}

/** Made ready once for each configuration. */
const ready = new WeakMap<ToolClasses, readonly Stated[]>()

function statedFor(toolClasses: ToolClasses, name: string): ToolClass | undefined {
  let stated = ready.get(toolClasses)
  if (!stated) ready.set(toolClasses, (stated = inOrder(toolClasses)))
  const found = stated.find(({ matches }) => matches(name))
  if (!found || found.isExact) return found?.toolClass
  // A pattern may be wide: what is said of `wipe` is not undone by calling it `WIPE`.
  const folded = fold(name)
  const alike = stated.find(({ mayMatch }) => mayMatch(folded))
  return alike && rankOf(alike.toolClass) > rankOf(found.toolClass) ? alike.toolClass : found.toolClass
}

/** The more letters a pattern spells out, the sooner it is asked; of equals, the one that says worse. */
function inOrder(toolClasses: ToolClasses): readonly Stated[] {
  const weight = (pattern: string) => (pattern.includes('*') ? pattern.replaceAll('*', '').length : Infinity)
  return Object.entries(toolClasses)
    .sort(([a, aClass], [b, bClass]) => compare(weight(b), weight(a)) || rankOf(bClass) - rankOf(aClass))
    .map(([pattern, toolClass]) => ({
      matches: matcher(pattern),
      mayMatch: matcher(fold(pattern)),
      isExact: !pattern.includes('*'),
      toolClass,
    }))
}

const compare = (a: number, b: number): number => (a === b ? 0 : a - b) // Infinity - Infinity is NaN
