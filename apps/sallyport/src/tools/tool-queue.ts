import { MAX_TOOLS } from './heard-tool.ts'
import type { HeardTool, HeardTools } from './heard-tool.ts'
import type { ToolsOfServer } from './write-tools.ts'

export interface ToolQueueOptions {
  readonly write: (heard: ToolsOfServer) => Promise<void>
  readonly log: (message: string, fields?: object) => void
  /** Called when something is given up, so that it can be heard again. */
  readonly onLost: (heard: ToolsOfServer) => void
  readonly flushEveryMs?: number
  readonly closeWaitMs?: number
}

export interface ToolQueue {
  /** Never throws and never waits. Answers whether there was room. */
  add(heard: ToolsOfServer): boolean
  /** What waits to be written, or is being written. */
  waiting(teamspaceId: string, server: string): HeardTools | undefined
  /** Writes what waits, if the database lets it; gives up after a while. */
  close(): Promise<void>
}

interface Waiting {
  readonly teamspaceId: string
  readonly server: string
  tools: Map<string, HeardTool>
  attempts: number
}

/** Servers of teamspaces that wait at most. */
const MAX_WAITING = 1_000
const MAX_ATTEMPTS = 5

/** What was heard of tools, on its way to the database: one server at a time, so that one failure costs no other. */
export function createToolQueue(options: ToolQueueOptions): ToolQueue {
  const { write, log, onLost, flushEveryMs = 500, closeWaitMs = 2_000 } = options
  const queued = new Map<string, Waiting>()
  let current: Waiting | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  function schedule(afterMs = flushEveryMs): void {
    if (timer !== undefined || writing !== undefined || closed || queued.size === 0) return
    timer = setTimeout(() => {
      timer = undefined
      void writeAll()
    }, afterMs)
    timer.unref()
  }

  function writeAll(): Promise<void> {
    writing ??= writeEach().then((failures) => {
      writing = undefined
      current = undefined
      schedule(flushEveryMs * (failures > 0 ? 10 : 1))
    })
    return writing
  }

  async function writeEach(): Promise<number> {
    let failures = 0
    for (const [key, waiting] of [...queued]) {
      queued.delete(key)
      current = waiting
      try {
        await write(waiting)
      } catch (error) {
        if (failures++ === 0) log('What servers say of their tools cannot be written', { error })
        giveBack(key, waiting)
      }
    }
    return failures
  }

  function giveBack(key: string, waiting: Waiting): void {
    const newer = queued.get(key)
    waiting.attempts += 1
    if (waiting.attempts >= MAX_ATTEMPTS) return onLost(waiting)
    for (const [name, tool] of newer?.tools ?? []) waiting.tools.set(name, tool)
    queued.set(key, waiting)
  }

  const keyOf = (teamspaceId: string, server: string) => `${teamspaceId}\n${server}`

  return {
    add({ teamspaceId, server, tools }) {
      const key = keyOf(teamspaceId, server)
      const waiting = queued.get(key)
      if (closed || (!waiting && queued.size >= MAX_WAITING)) return false
      // A new map each time: whoever was given the one before may still read it.
      const merged = new Map([...(waiting?.tools ?? []), ...tools].slice(-MAX_TOOLS))
      if (waiting) waiting.tools = merged
      else queued.set(key, { teamspaceId, server, tools: merged, attempts: 0 })
      schedule()
      return true
    },
    waiting(teamspaceId, server) {
      if (queued.size === 0 && current === undefined) return undefined
      const key = keyOf(teamspaceId, server)
      const being = current && keyOf(current.teamspaceId, current.server) === key ? current.tools : undefined
      const next = queued.get(key)?.tools
      return being && next ? new Map([...being, ...next]) : (next ?? being)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      const { promise: patience, resolve } = Promise.withResolvers<void>()
      const wait = setTimeout(resolve, closeWaitMs)
      await Promise.race([(writing ?? Promise.resolve()).then(writeAll), patience])
      clearTimeout(wait)
    },
  }
}
