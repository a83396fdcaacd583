import { LONGEST_SPAN_MS } from './range.ts'

/** Names of tools that have rows of their own in the longest span of one teamspace. */
const MAX_NAMES = 100
/** Names that were only refused so far leave room for those of tools that are there. */
const MAX_REFUSED_NAMES = 50
/** Spans of teamspaces that are remembered: when one is forgotten, its next names may come on top. */
const MAX_SPANS = 2_000

interface Named {
  readonly teamspaceId: string
  readonly at: number
  readonly server: string
  readonly tool: string
  /** Whether all of its calls were refused. */
  readonly isRefused: boolean
}

/** Which names are written by themselves: callers choose names, and each that is written is rows for three months. */
export interface ToolNames {
  admits(named: Named): boolean
}

export function createToolNames(): ToolNames {
  const spans = new Map<string, Set<string>>()

  function namesOf(key: string): Set<string> {
    const found = spans.get(key)
    if (found) return found
    if (spans.size >= MAX_SPANS) spans.delete(spans.keys().next().value!)
    const names = new Set<string>()
    spans.set(key, names)
    return names
  }

  return {
    admits({ teamspaceId, at, server, tool, isRefused }) {
      const names = namesOf(`${teamspaceId}\n${Math.floor(at / LONGEST_SPAN_MS)}`)
      const name = `${server}\n${tool}`
      if (names.has(name)) return true
      if (names.size >= (isRefused ? MAX_REFUSED_NAMES : MAX_NAMES)) return false
      names.add(name)
      return true
    },
  }
}
