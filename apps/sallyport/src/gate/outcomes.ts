import type { ServerResponse } from 'node:http'
import type { CallEvent } from '../audit/audit-event.ts'
import type { AuditQueue } from '../audit/audit-queue.ts'
import { nextAuditId } from '../audit/audit-id.ts'
import { presentable } from '../audit/presentable.ts'
import { renderDenial, TERMS } from '../outcome/denial.ts'
import type { ChallengeContext, Denial } from '../outcome/denial.ts'
import { GateFault, renderFault, toFault } from '../outcome/fault.ts'
import { advance, placeOf } from './call.ts'
import type { Call, CallRecord, EquippedCall, Place, RecordedCall } from './call.ts'
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

  /** Adds what each answer of the gate carries. */
  const addOwnHeaders = ({ request, record }: Call, headers: Record<string, string>): Record<string, string> => {
    const { origin } = request.headers
    if (origin !== undefined && deps.routes.isAllowedOrigin(origin)) Object.assign(headers, corsHeaders(origin))
    headers['x-request-id'] = record.requestId
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
      deps.audit.record(event)
      return send(call, response, answer)
    }
    return deps.audit.committed(event).then(
      () => send(call, response, answer),
      (cause: unknown) => void sendUnrecorded(call, response, unrecorded(cause)),
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

    begin(): CallRecord {
      const at = deps.now()
      return { requestId: nextAuditId(at), at }
    },

    async refuse(call: Call, response: ServerResponse, denial: Denial): Promise<void> {
      const { record } = call
      const { code, ...known } = denial.denied
      const { fix } = TERMS[code]
      const detail = { ...known, ...(fix !== undefined && { fix }) }
      if (Object.keys(detail).length > 0) record.detail = presentable(detail) as CallEvent['detail']
      const answer = renderDenial(denial, await deps.challengeContext(placeOf(call)), record.requestId)
      await end(call, response, answer, finish(record, 'denied', code, answer.status))
    },

    /** Announces a call that is about to be forwarded. Rejects when that is required and cannot be written. */
    attempt(call: EquippedCall): RecordedCall | Promise<RecordedCall> {
      if (!deps.isAuditRequired) return advance(call, RECORDED)
      const announced = { ...(call.record as CallEvent), decision: 'attempt', rule: call.rule } as const
      return deps.audit.committed(announced).then(
        () => advance(call, RECORDED),
        (cause: unknown) => {
          throw unrecorded(cause)
        },
      )
    },

    fail(call: Call, response: ServerResponse, thrown: unknown): Promise<void> | void {
      const { record } = call
      if (thrown instanceof ClientGone) return deps.audit.record(finish(record, 'fault', 'client_gone', 0))
      const fault = toFault(thrown)
      if (fault.code === 'audit_unavailable') return deps.audit.record(sendUnrecorded(call, response, fault))
      if (fault.detail) record.detail = fault.detail
      deps.onFault(fault, record)
      const answer = renderFault(fault, record.requestId)
      return end(call, response, answer, finish(record, 'fault', fault.code, answer.status))
    },

    answered(call: EquippedCall, status: number, upstreamStatus: number): void {
      call.record.upstreamStatus = upstreamStatus
      deps.audit.record(finish(call.record, 'allowed', call.rule, status))
    },
  }
}

export type Outcomes = ReturnType<typeof createOutcomes>
