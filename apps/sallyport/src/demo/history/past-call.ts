import { createHash } from 'node:crypto'
import type { CallEvent } from '../../audit/audit-event.ts'
import type { Random } from './random.ts'

export interface PastCall {
  readonly event: CallEvent
  readonly gateMs: number
}

/** Whoever calls, as their calls are recorded. */
export type Caller = Pick<
  CallEvent,
  'memberId' | 'principal' | 'email' | 'issuer' | 'subject' | 'clientId' | 'address' | 'teamspaceId'
>

export interface Ended {
  readonly decision: CallEvent['decision']
  readonly rule: string
  readonly step?: CallEvent['step']
  readonly status: number
  readonly upstreamStatus?: number
  readonly detail?: Readonly<Record<string, unknown>>
  readonly dryRun?: string
  readonly durationMs: number
}

/** Of the time of the call, as those that the gate makes. */
function requestIdAt(at: number, random: Random): string {
  const time = Math.floor(at).toString(16).padStart(12, '0')
  const tail = createHash('sha256').update(`${at} ${random.next()}`).digest('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-a${tail.slice(3, 6)}-${tail.slice(6, 18)}`
}

export function pastCall(
  at: number,
  caller: Caller,
  { exchange, ...on }: Pick<CallEvent, 'server' | 'rpcMethod' | 'target' | 'exchange'>,
  { durationMs, ...ended }: Ended,
  random: Random,
): PastCall {
  const gateMs = Math.min(random.spread(ended.decision === 'allowed' ? 0.6 : 0.4), durationMs)
  const inner = ended.decision !== 'denied' && exchange !== undefined && { exchange } // what is refused gets no credential
  const event = { requestId: requestIdAt(at, random), at: Math.floor(at), ...caller, ...on, ...inner, ...ended }
  return { event: { ...event, durationMs: Math.round(durationMs) } as CallEvent, gateMs }
}
