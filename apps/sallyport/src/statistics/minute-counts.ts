import type { CallEvent } from '../audit/audit-event.ts'
import { BUCKET_COUNT, bucketOf } from './buckets.ts'

/** What is counted of a call. */
export type CountedCall = Pick<
  CallEvent,
  'at' | 'teamspaceId' | 'server' | 'rpcMethod' | 'target' | 'decision' | 'rule'
>

export interface Tally {
  calls: number
  denied: number
  faults: number
}

/** Longer ones are no tools' names (MCP, Tool Names), and callers choose them. */
const MAX_NAME = 128
/** Names of one server in one minute; callers choose them, so the others are counted together. */
const MAX_NAMES = 200
/** Names that were only refused so far leave room for those of tools that are there. */
const MAX_REFUSED_NAMES = 100

const newTally = (): Tally => ({ calls: 0, denied: 0, faults: 0 })

export class ServerCounts {
  allowed = 0
  readonly denied = new Map<string, number>()
  readonly faults = new Map<string, number>()
  readonly tools = new Map<string, Tally>()
  readonly otherTools = newTally()

  /** Nothing is made here for a call like one before: it stands in the path of every call. */
  count(call: CountedCall): void {
    if (call.decision === 'allowed') this.allowed += 1
    else {
      const codes = call.decision === 'denied' ? this.denied : this.faults
      codes.set(call.rule, (codes.get(call.rule) ?? 0) + 1)
    }
    if (call.rpcMethod !== 'tools/call' || call.target === undefined) return
    const tally = this.#tallyOf(call.target, call.decision === 'denied' ? MAX_REFUSED_NAMES : MAX_NAMES)
    tally.calls += 1
    if (call.decision === 'denied') tally.denied += 1
    else if (call.decision === 'fault') tally.faults += 1
  }

  #tallyOf(tool: string, maxNames: number): Tally {
    let tally = this.tools.get(tool)
    if (!tally) {
      if (this.tools.size >= maxNames || tool.length > MAX_NAME || tool === '') return this.otherTools
      this.tools.set(tool, (tally = newTally()))
    }
    return tally
  }
}

/** Calls of one teamspace that began in the same minute. */
export class MinuteCounts {
  readonly servers = new Map<string, ServerCounts>()
  readonly durations = new Float64Array(BUCKET_COUNT)
  readonly gate = new Float64Array(BUCKET_COUNT)

  count(call: CountedCall, callMs: number, gateMs: number): void {
    this.durations[bucketOf(callMs)]! += 1
    this.gate[bucketOf(gateMs)]! += 1
    const name = call.server ?? ''
    let server = this.servers.get(name)
    if (!server) this.servers.set(name, (server = new ServerCounts()))
    server.count(call)
  }
}

/** By minute, and by teamspace in it. */
export type Minutes = Map<number, Map<string, MinuteCounts>>
