import { TERMS } from '../outcome/denial.ts'
import { FAULT_TERMS } from '../outcome/fault.ts'
import { Durations } from './durations.ts'
import { RecentCount } from './recent-count.ts'

export type ExchangeOutcome = 'cached' | 'fresh' | 'refused' | 'failed'
type ExchangeCounts = Record<ExchangeOutcome, number>

export const CALL_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
export const GATE_BOUNDS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** Codes that may become a label. A label is a time series for good, so nothing that a caller could write is one. */
const CODES: Record<'denied' | 'fault', ReadonlySet<string>> = {
  denied: new Set(Object.keys(TERMS)),
  fault: new Set([...Object.keys(FAULT_TERMS), 'client_gone']),
}

/** What is counted of one server, as long as the process lives. */
export class ServerTally {
  allowed = 0
  readonly denied = new Map<string, number>()
  readonly fault = new Map<string, number>()
  /** From the head of the request to the head of the answer. */
  readonly calls = new Durations(CALL_BOUNDS)
  /** The part of it that the server behind did not take. */
  readonly own = new Durations(GATE_BOUNDS)
  /** By class of status: 2 for 2xx. */
  readonly upstream = new Map<number, Durations>()
  readonly exchanges = new Map<string, ExchangeCounts>()
  openStreams = 0
  /** Streams that were cut, by the code of the refusal or fault. */
  readonly cuts = new Map<string, number>()
  /** By teamspace, as far as calls belong to one. */
  readonly streamsOf = new Map<string, number>()
  /** What the server answered last, and when, by `performance.now()`. */
  lastStatus: number | undefined
  lastAnswerAt = 0
  lastFault: { readonly code: string; readonly at: number } | undefined
  /** Faults, and answers of the server with a status of 500 or more. */
  readonly errors = new RecentCount()

  count(decision: 'allowed' | 'denied' | 'fault', code: string): void {
    if (decision === 'allowed') {
      this.allowed += 1
      return
    }
    const label = CODES[decision].has(code) ? code : 'other'
    const counts = this[decision]
    counts.set(label, (counts.get(label) ?? 0) + 1)
    if (decision === 'fault' && label !== 'client_gone') this.#noteFault(label)
  }

  #noteFault(code: string): void {
    const at = performance.now()
    this.lastFault = { code, at }
    this.errors.add(at)
  }

  openStream(teamspaceId = ''): void {
    this.openStreams += 1
    this.streamsOf.set(teamspaceId, (this.streamsOf.get(teamspaceId) ?? 0) + 1)
  }

  closeStream(teamspaceId = ''): void {
    this.openStreams -= 1
    const left = this.streamsOf.get(teamspaceId)! - 1
    if (left > 0) this.streamsOf.set(teamspaceId, left)
    else this.streamsOf.delete(teamspaceId)
  }

  countCut(code: string): void {
    const label = CODES.denied.has(code) || CODES.fault.has(code) ? code : 'other'
    this.cuts.set(label, (this.cuts.get(label) ?? 0) + 1)
  }

  countUpstream(status: number, seconds: number): void {
    this.lastStatus = status
    this.lastAnswerAt = performance.now()
    if (status >= 500) this.errors.add(this.lastAnswerAt)
    const statusClass = Math.floor(status / 100)
    let durations = this.upstream.get(statusClass)
    if (!durations) this.upstream.set(statusClass, (durations = new Durations(CALL_BOUNDS)))
    durations.observe(seconds)
  }

  countExchange(kind: string, outcome: ExchangeOutcome): void {
    let counts = this.exchanges.get(kind)
    if (!counts) this.exchanges.set(kind, (counts = { cached: 0, fresh: 0, refused: 0, failed: 0 }))
    counts[outcome] += 1
  }
}
