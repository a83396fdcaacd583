import type { EndedCall } from './ended-call.ts'
import type { Metrics } from './metrics.ts'

/** Hears of each call once, when its answer is decided: before its head leaves, or when nobody is left to send it to. */
export interface CallTelemetry {
  ended(call: EndedCall): void
}

export interface CallTelemetryOptions {
  readonly metrics: Pick<Metrics, 'tallyOf'>
  readonly logCall: (call: EndedCall, durationMs: number) => void
}

export function createCallTelemetry({ metrics, logCall }: CallTelemetryOptions): CallTelemetry {
  return {
    ended(call) {
      const durationMs = performance.now() - call.startedAt
      const tally = metrics.tallyOf(call.server)
      tally.count(call.decision, call.rule)
      tally.calls.observe(durationMs / 1000)
      tally.own.observe((durationMs - (call.upstreamMs ?? 0)) / 1000)
      logCall(call, durationMs)
    },
  }
}
