import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallEvent } from '../audit/audit-event.ts'
import { nextAuditId } from '../audit/audit-id.ts'
import { renderDenial, TERMS } from '../outcome/denial.ts'
import type { ChallengeContext, Denial } from '../outcome/denial.ts'
import { renderFault, toFault } from '../outcome/fault.ts'
import type { GateFault } from '../outcome/fault.ts'
import type { CallTelemetry } from '../telemetry/call-telemetry.ts'
import type { EndedCall } from '../telemetry/ended-call.ts'
import { placeOf } from './call.ts'
import type { Call, CallRecord, EquippedCall, Place } from './call.ts'
import { corsHeaders } from './cors.ts'
import type { Routes } from './steps/route.ts'
import { ClientGone } from './steps/read.ts'

/** Bodies longer than this are not drained after a refusal: the connection is closed instead. */
const DRAIN_BYTES = 64 * 1024

export interface OutcomeDeps {
  readonly routes: Routes
  readonly audit: { record(event: CallEvent): void }
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
    deps.telemetry.ended(record as EndedCall)
    deps.audit.record(record as CallEvent)
  }

  /** Adds what each answer of the gate carries. */
  const addOwnHeaders = ({ request, record }: Call, headers: Record<string, string>): Record<string, string> => {
    const { origin } = request.headers
    if (origin !== undefined && deps.routes.isAllowedOrigin(origin)) Object.assign(headers, corsHeaders(origin))
    headers['x-request-id'] = record.requestId
    return headers
  }

  const send = (
    call: Call,
    response: ServerResponse,
    answer: { status: number; headers: Record<string, string>; body: string },
  ) => {
    if (response.headersSent) return void response.destroy()
    const { request } = call
    const headers = addOwnHeaders(call, { ...answer.headers, 'content-length': `${Buffer.byteLength(answer.body)}` })
    const undrained = !request.complete && !(Number(request.headers['content-length'] ?? NaN) <= DRAIN_BYTES)
    const close = undrained && request.method === 'POST'
    response.writeHead(answer.status, close ? { ...headers, connection: 'close' } : headers)
    response.end(answer.body, () => close && request.socket.destroySoon())
  }

  return {
    addOwnHeaders,

    begin(request: IncomingMessage, response: ServerResponse): CallRecord {
      const at = deps.now()
      const record: CallRecord = { requestId: nextAuditId(at), at, step: 'route', startedAt: performance.now() }
      deps.telemetry.begun(record, request, response)
      return record
    },

    async refuse(call: Call, response: ServerResponse, denial: Denial): Promise<void> {
      const { record } = call
      const { code, ...known } = denial.denied
      const { fix } = TERMS[code]
      const detail = { ...known, ...(fix !== undefined && { fix }) }
      if (Object.keys(detail).length > 0) record.detail = detail
      const answer = renderDenial(denial, await deps.challengeContext(placeOf(call)), record.requestId)
      finish(record, 'denied', code, answer.status)
      send(call, response, answer)
    },

    fail(call: Call, response: ServerResponse, thrown: unknown): void {
      if (thrown instanceof ClientGone) return finish(call.record, 'fault', 'client_gone', 0)
      const fault = toFault(thrown)
      if (fault.detail) call.record.detail = fault.detail
      deps.onFault(fault, call.record)
      const answer = renderFault(fault, call.record.requestId)
      finish(call.record, 'fault', fault.code, answer.status)
      send(call, response, answer)
    },

    answered(call: EquippedCall, status: number, upstreamStatus: number): void {
      call.record.upstreamStatus = upstreamStatus
      finish(call.record, 'allowed', call.rule, status)
    },
  }
}

export type Outcomes = ReturnType<typeof createOutcomes>
