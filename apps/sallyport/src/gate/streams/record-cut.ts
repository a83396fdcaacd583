import { nextAuditId } from '../../audit/audit-id.ts'
import type { CallEvent } from '../../audit/audit-event.ts'
import type { AuditQueue } from '../../audit/audit-queue.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { RecordedCall } from '../call.ts'
import type { Ending } from './verdict.ts'

export interface CutRecorderParts {
  readonly audit: Pick<AuditQueue, 'record'>
  readonly metrics: Pick<Metrics, 'tallyOf'>
  readonly log: Log
  readonly now: () => number
}

/**
 * Says why a stream was cut. Its call has had its row, hours ago maybe, so this is another: what its caller would be told
 * now, with the id of the call. Nothing waits for it, since a stream that may not be open is not kept for its row.
 */
export const createCutRecorder =
  ({ audit, metrics, log, now }: CutRecorderParts) =>
  (call: RecordedCall, { record, decision, code, detail }: Ending): void => {
    const at = now()
    const { requestId: stream, server, teamspaceId } = call.record
    metrics.tallyOf(server).countCut(code)
    log('A stream was cut', { requestId: stream, server, teamspaceId, rule: code })
    const { filtered: _filtered, exchange: _exchange, upstreamStatus: _status, ...again } = record
    audit.record({
      ...again,
      requestId: nextAuditId(at),
      at,
      decision,
      rule: code,
      detail: { ...detail, stream, openSeconds: Math.round((at - call.record.at) / 1000) },
      status: 0, // nothing was answered
      durationMs: at - record.at,
    } as CallEvent)
  }
