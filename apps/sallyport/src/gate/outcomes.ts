import type { ServerResponse } from 'node:http'
import type { CallEvent } from '../audit/audit-event.ts'
import { nextAuditId } from '../audit/audit-id.ts'
import { quotaHeaders } from '../limits/rate-denial.ts'
import { renderDenial, TERMS } from '../outcome/denial.ts'
import type { ChallengeContext, Denial } from '../outcome/denial.ts'
import { renderFault, toFault } from '../outcome/fault.ts'
import type { GateFault } from '../outcome/fault.ts'
import type { CallTelemetry } from '../telemetry/call-telemetry.ts'
import type { EndedCall } from '../telemetry/ended-call.ts'
import { placeOf } from './call.ts'
import type { Call, CallRecord, EquippedCall, LimitedCall, Place } from './call.ts'
import { corsHeaders } from './cors.ts'
import type { Routes } from './steps/route.ts'
import { ClientGone } from './steps/read.ts'

/** Bodies longer than this are not drained after a refusal: the connection is closed instead. */
const DRAIN_BYTES = 64 * 1024

export interface OutcomeDeps {
  readonly routes: Routes
  readonly audit: { record(event: CallEvent): void }
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
    deps.telemetry.ended(record as EndedCall)
    deps.audit.record(record as CallEvent)
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

    begin(): CallRecord {
      const at = deps.now()
      return { requestId: nextAuditId(at), at, step: 'route', startedAt: performance.now() }
    },

    async refuse(call: Call, response: ServerResponse, denial: Denial): Promise<void> {
      const { record } = call
      deps.onRefusal(call, denial)
      const { code, ...known } = denial.denied
      const { fix, status } = TERMS[code]
      const detail = { ...known, ...(fix !== undefined && { fix }) }
      if (Object.keys(detail).length > 0) record.detail = detail
      // Whoever called too often is told so without a look-up of any kind.
      const context = status === 429 ? {} : await deps.challengeContext(placeOf(call))
      const answer = renderDenial(denial, context, record.requestId)
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
