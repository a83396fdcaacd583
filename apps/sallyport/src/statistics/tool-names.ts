/** Names of tools that have rows of their own in one hour of one teamspace. */
const MAX_NAMES = 100
/** Names that were only refused so far leave room for those of tools that are there. */
const MAX_REFUSED_NAMES = 50
const HOUR_MS = 3_600_000
/** Hours of teamspaces that are remembered: when one is forgotten, its next names may come on top. */
const MAX_HOURS = 2_000

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
  const hours = new Map<string, Set<string>>()

  function namesOf(key: string): Set<string> {
    const found = hours.get(key)
    if (found) return found
    if (hours.size >= MAX_HOURS) hours.delete(hours.keys().next().value!)
    const names = new Set<string>()
    hours.set(key, names)
    return names
  }

  return {
    admits({ teamspaceId, at, server, tool, isRefused }) {
      const names = namesOf(`${teamspaceId}\n${Math.floor(at / HOUR_MS)}`)
      const name = `${server}\n${tool}`
      if (names.has(name)) return true
      if (names.size >= (isRefused ? MAX_REFUSED_NAMES : MAX_NAMES)) return false
      names.add(name)
      return true
    },
  }
}
