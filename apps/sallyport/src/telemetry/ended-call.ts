import type { CallEvent } from '../audit/audit-event.ts'
import type { StepTimes } from './step-times.ts'
import type { TraceContext } from './trace-context.ts'

/** The spans of a call, where calls are traced. */
export interface CallSpans {
  /** Begins the span of a request to the server behind. Answers the context that the server is told. */
  startUpstream(server: Pick<URL, 'hostname' | 'port' | 'protocol'>): TraceContext
  upstreamAnswered(status: number): void
  /** `failure` is the code of a fault. */
  endUpstream(failure?: string): void
  /** What became of the call. Its answer may go on for hours. */
  decided(call: EndedCall): void
  /** The answer is sent, or nobody is there any more to send it to. */
  closed(): void
}

/** What is measured of a call beside what its audit row says. */
export interface Measured {
  /** By `performance.now()`. */
  startedAt: number
  /** How much of the time the server behind took, once it was asked. */
  upstreamMs?: number | undefined
  /** Whether the credential for the server was made for this call, or found in a cache. */
  freshCredential?: boolean | undefined
  /** That of the call, which the server behind is told when we make no spans of our own. */
  traceContext?: TraceContext | undefined
  /** That of the message, when the request had another. */
  linkedContext?: TraceContext | undefined
  times?: StepTimes | undefined
  trace?: CallSpans | undefined
}

export type EndedCall = Readonly<Measured> & CallEvent
