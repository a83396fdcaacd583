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
  readonly toolClass: ToolClass
}

/** Made ready once for each configuration. */
const ready = new WeakMap<ToolClasses, readonly Stated[]>()

function statedFor(toolClasses: ToolClasses, name: string): ToolClass | undefined {
  let stated = ready.get(toolClasses)
  if (!stated) ready.set(toolClasses, (stated = inOrder(toolClasses)))
  return stated.find(({ matches }) => matches(name))?.toolClass
}

/** The more letters a pattern spells out, the sooner it is asked; of equals, the one that says worse. */
function inOrder(toolClasses: ToolClasses): readonly Stated[] {
  const weight = (pattern: string) => (pattern.includes('*') ? pattern.replaceAll('*', '').length : Infinity)
  return Object.entries(toolClasses)
    .sort(([a, aClass], [b, bClass]) => compare(weight(b), weight(a)) || rankOf(bClass) - rankOf(aClass))
    .map(([pattern, toolClass]) => ({ matches: matcher(pattern), toolClass }))
}

const compare = (a: number, b: number): number => (a === b ? 0 : a - b) // Infinity - Infinity is NaN
