import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Tracer } from '@opentelemetry/api'
import { CallTrace } from './call-trace.ts'
import type { TracedRecord } from './call-trace.ts'
import type { EndedCall } from './ended-call.ts'
import type { Metrics } from './metrics.ts'
import { StepTimes } from './step-times.ts'
import { takeHeaderContext } from './take-context.ts'

/** Hears of each call twice. */
export interface CallTelemetry {
  begun(record: TracedRecord, request: IncomingMessage, response: ServerResponse): void
  /** When its answer is decided: before its head leaves, or when nobody is left to send it to. */
  ended(call: EndedCall): void
}

export interface CallTelemetryOptions {
  readonly metrics: Pick<Metrics, 'tallyOf'>
  /** Counts each call for its teamspace. */
  readonly statistics?: { count(call: EndedCall, callMs: number, gateMs: number): void } | undefined
  readonly logCall: (call: EndedCall, durationMs: number) => void
  /** Calls are traced when there is one. */
  readonly tracer?: Tracer | undefined
  /** Whether the log wants to know how long each step took. */
  readonly logsSteps?: boolean
}

export function createCallTelemetry(options: CallTelemetryOptions): CallTelemetry {
  const { metrics, statistics, logCall, tracer, logsSteps = false } = options
  const watch = (record: TracedRecord, { method }: IncomingMessage, response: ServerResponse): void => {
    record.times = new StepTimes(record.startedAt)
    if (!tracer) return
    const trace = (record.trace = new CallTrace(tracer, record, record.times, method))
    response.once('close', () => trace.closed())
  }
  const isWatching = tracer !== undefined || logsSteps
  return {
    begun(record, request, response) {
      takeHeaderContext(record, request.headers)
      if (isWatching) watch(record, request, response)
    },
    ended(call) {
      call.trace?.decided(call)
      const durationMs = performance.now() - call.startedAt
      const tally = metrics.tallyOf(call.server)
      tally.count(call.decision, call.rule)
      tally.calls.observe(durationMs / 1000)
      const ownMs = durationMs - (call.upstreamMs ?? 0)
      tally.own.observe(ownMs / 1000)
      statistics?.count(call, durationMs, ownMs)
      logCall(call, durationMs)
    },
  }
}
