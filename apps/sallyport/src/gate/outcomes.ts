import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallEvent } from '../audit/audit-event.ts'
import type { AuditQueue } from '../audit/audit-queue.ts'
import { nextAuditId } from '../audit/audit-id.ts'
import { presentable } from '../audit/presentable.ts'
import { quotaHeaders } from '../limits/rate-denial.ts'
import { renderDenial, TERMS } from '../outcome/denial.ts'
import type { ChallengeContext, Denial } from '../outcome/denial.ts'
import { detailOf, GateFault, renderFault, toFault } from '../outcome/fault.ts'
import type { CallTelemetry } from '../telemetry/call-telemetry.ts'
import type { EndedCall } from '../telemetry/ended-call.ts'
import { beginRecord, placeOf } from './call.ts'
import type { Call, CallRecord, EquippedCall, LimitedCall, Place, RecordedCall } from './call.ts'
import { corsHeaders } from './cors.ts'
import type { Routes } from './steps/route.ts'
import { ClientGone } from './steps/read.ts'

/** Bodies longer than this are not drained after a refusal: the connection is closed instead. */
const DRAIN_BYTES = 64 * 1024

const RECORDED = { isRecorded: true } as const

const unrecorded = (cause: unknown) =>
  new GateFault('audit_unavailable', 'the audit row could not be written', { cause })

interface OwnAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

export interface OutcomeDeps {
  readonly routes: Routes
  readonly audit: Pick<AuditQueue, 'record' | 'committed'>
  /** Nothing is forwarded or answered before its row is on the disk; otherwise rows follow, and no call waits. */
  readonly isAuditRequired: boolean
  /** Told of each refusal: too many of them close the door to an address. */
  readonly onRefusal: (call: Call, denial: Denial) => void
  readonly telemetry: CallTelemetry
  /** Where the caller can find its sign-in; asked for refusals only. */
  readonly challengeContext: (place: Place | undefined) => Promise<ChallengeContext>
  readonly onFault: (fault: GateFault, record: CallRecord) => void
  readonly now: () => number
}

/** The end of each call: exactly one audit row, and one way to write a refusal or a fault. */
export function createOutcomes(deps: OutcomeDeps) {
  const finish = (record: CallRecord, decision: CallEvent['decision'], rule: string, status: number) => {
    record.decision = decision
    record.rule = rule
    record.status = status
    record.durationMs = deps.now() - record.at
    return record as CallEvent
  }

  const file = (event: CallEvent) => {
    deps.telemetry.ended(event as EndedCall)
    deps.audit.record(event)
  }

  /** Adds what each answer of the gate carries. */
  const addOwnHeaders = (call: Call & Partial<LimitedCall>, headers: Record<string, string>) => {
    const { request, record, quota } = call
    const { origin } = request.headers
    if (origin !== undefined && deps.routes.isAllowedOrigin(origin)) Object.assign(headers, corsHeaders(origin))
    headers['x-request-id'] = record.requestId
    if (quota) Object.assign(headers, quotaHeaders(quota))
    return headers
  }

  const send = (call: Call, response: ServerResponse, answer: OwnAnswer) => {
    if (response.headersSent) return void response.destroy()
    const { request } = call
    const headers = addOwnHeaders(call, { ...answer.headers, 'content-length': `${Buffer.byteLength(answer.body)}` })
    const undrained = !request.complete && !(Number(request.headers['content-length'] ?? NaN) <= DRAIN_BYTES)
    const close = undrained && request.method === 'POST'
    response.writeHead(answer.status, close ? { ...headers, connection: 'close' } : headers)
    response.end(answer.body, () => close && request.socket.destroySoon())
  }

  /** Writes the row, and then the answer. */
  const end = (call: Call, response: ServerResponse, answer: OwnAnswer, event: CallEvent): Promise<void> | void => {
    if (!deps.isAuditRequired) {
      file(event)
      return send(call, response, answer)
    }
    return deps.audit.committed(event).then(
      () => {
        deps.telemetry.ended(event as EndedCall)
        send(call, response, answer)
      },
      (cause: unknown) => deps.telemetry.ended(sendUnrecorded(call, response, unrecorded(cause)) as EndedCall),
    )
  }

  /** The one answer whose row may be missing. The row that waits in memory is told what became of the call. */
  const sendUnrecorded = (call: Call, response: ServerResponse, fault: GateFault): CallEvent => {
    deps.onFault(fault, call.record)
    const answer = renderFault(fault, call.record.requestId)
    const event = finish(call.record, 'fault', fault.code, answer.status)
    send(call, response, answer)
    return event
  }

  return {
    addOwnHeaders,

    begin(request: IncomingMessage, response: ServerResponse): CallRecord {
      const at = deps.now()
      const record = beginRecord(nextAuditId(at), at, performance.now())
      deps.telemetry.begun(record, request, response)
      return record
    },

    async refuse(call: Call, response: ServerResponse, denial: Denial): Promise<void> {
      const { record } = call
      deps.onRefusal(call, denial)
      const { code, ...detail } = denial.denied
      if (Object.keys(detail).length > 0) record.detail = presentable(detail) as CallEvent['detail']
      // Whoever called too often is told so without a look-up of any kind.
      const context = TERMS[code].status === 429 ? {} : await deps.challengeContext(placeOf(call))
      const answer = renderDenial(denial, context, record.requestId)
      await end(call, response, answer, finish(record, 'denied', code, answer.status))
    },

    /** Announces a call that is about to be forwarded. Rejects when that is required and cannot be written. */
    attempt(call: EquippedCall): RecordedCall | Promise<RecordedCall> {
      if (!deps.isAuditRequired) return Object.assign(call, RECORDED)
      const announced = { ...(call.record as CallEvent), decision: 'attempt', rule: call.rule } as const
      return deps.audit.committed(announced).then(
        () => Object.assign(call, RECORDED),
        (cause: unknown) => {
          throw unrecorded(cause)
        },
      )
    },

    fail(call: Call, response: ServerResponse, thrown: unknown): Promise<void> | void {
      const { record } = call
      if (thrown instanceof ClientGone) return file(finish(record, 'fault', 'client_gone', 0))
      const fault = toFault(thrown)
      if (fault.code === 'audit_unavailable') return file(sendUnrecorded(call, response, fault))
      const detail = detailOf(fault)
      if (detail) record.detail = presentable(detail) as CallEvent['detail']
      deps.onFault(fault, record)
      const answer = renderFault(fault, record.requestId)
      return end(call, response, answer, finish(record, 'fault', fault.code, answer.status))
    },

    answered(call: EquippedCall, status: number, upstreamStatus: number): void {
      call.record.upstreamStatus = upstreamStatus
      file(finish(call.record, 'allowed', call.rule, status))
    },
  }
}

export type Outcomes = ReturnType<typeof createOutcomes>
