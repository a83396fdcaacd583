import type { IncomingMessage, ServerResponse } from 'node:http'
import type { VerifiedToken } from '@sallyport/verifier'
import type { CallEvent } from '../audit/audit-event.ts'
import type { ServerConfig } from '../config/config.ts'
import type { ClientAddress } from '../http/client-address.ts'
import type { Quota } from '../limits/spend.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'
import type { Measured } from '../telemetry/ended-call.ts'
import { stepAfter } from '../telemetry/step.ts'
import type { Step } from '../telemetry/step.ts'
import type { ToolClass } from '../tools/tool-class.ts'
import type { RpcAct } from './mcp/acts.ts'
import type { RpcMessage } from './mcp/message.ts'
import type { Principal } from './principal.ts'

/** The audit row of a call while it is being written: each step adds what it learnt. */
export type CallRecord = Measured & { -readonly [Field in keyof CallEvent]?: CallEvent[Field] | undefined } & {
  requestId: string
  at: number
  /** Where the call is; where it ended, once it has. */
  step: Step
}

/** What the gate was asked, before anything is known. */
export interface Call {
  readonly request: IncomingMessage
  /** Steps ask it only whether the call is over: outcomes and forward alone write to it. */
  readonly response: ServerResponse
  readonly record: CallRecord
}

/**
 * A call before its first step, with room for all that the steps find out. An object that grows has another layout after
 * each step, and whoever reads it is slower for that.
 */
export function beginCall(request: IncomingMessage, response: ServerResponse, record: CallRecord): Call {
  const room: Call & { [Found in Exclude<keyof RecordedCall, keyof Call>]: undefined } = {
    request,
    response,
    record,
    address: undefined,
    server: undefined,
    teamspace: undefined,
    accessToken: undefined,
    proof: undefined,
    principal: undefined,
    admittedIn: undefined,
    body: undefined,
    messages: undefined,
    upstreamSessionId: undefined,
    stateless: undefined,
    isReadmitted: undefined,
    rule: undefined,
    lists: undefined,
    quota: undefined,
    credential: undefined,
    renewCredential: undefined,
    isRecorded: undefined,
  }
  return room
}

/** The record of a call that begins, with room for all that is to be written in it. */
export const beginRecord = (requestId: string, at: number, startedAt: number): CallRecord => {
  const room: CallRecord & { [Member in keyof Required<CallRecord>]: CallRecord[Member] | undefined } = {
    requestId,
    at,
    step: 'throttle',
    startedAt,
    address: undefined,
    teamspaceId: undefined,
    server: undefined,
    subject: undefined,
    clientId: undefined,
    tokenId: undefined,
    issuer: undefined,
    memberId: undefined,
    email: undefined,
    principal: undefined,
    claimed: undefined,
    rpcMethod: undefined,
    target: undefined,
    exchange: undefined,
    decision: undefined,
    rule: undefined,
    dryRun: undefined,
    detail: undefined,
    filtered: undefined,
    status: undefined,
    upstreamStatus: undefined,
    durationMs: undefined,
    upstreamMs: undefined,
    freshCredential: undefined,
    traceId: undefined,
    traceContext: undefined,
    linkedContext: undefined,
    times: undefined,
    trace: undefined,
  }
  return room
}

/**
 * The call with what a step found out, on its way to the next. The same object goes through all steps: a call is one
 * caller's, is copied nowhere, and only its type says how far it has come.
 */
export function advance<From extends Call, Found extends object>(call: From, passed: Step, found: Found): From & Found {
  const { record } = call
  record.step = stepAfter(passed)
  record.times?.mark(passed)
  return Object.assign(call, found)
}

export interface Place {
  readonly server: ServerConfig
  /** The teamspace that the path names; undefined when only the credential decides. */
  readonly teamspace: Teamspace | undefined
}

/** A call whose address may still call. */
export interface ThrottledCall extends Call {
  readonly address: ClientAddress
}

export interface RoutedCall extends ThrottledCall, Place {}

/** Where a call is addressed to, once it is routed: a refusal further on names the sign-in of that place. */
export const placeOf = (call: Call & Partial<Place>): Place | undefined =>
  call.server ? (call as RoutedCall) : undefined

/** What the outer door found out: what a credential proves, or that nobody was asked for one. */
export type Proof = VerifiedToken | { readonly kind: 'gateway' } | { readonly kind: 'none' }

export interface AuthenticatedCall extends RoutedCall {
  /** The caller's own credential, which goes no further than the exchange. */
  readonly accessToken: string | undefined
  readonly proof: Proof
}

/** What admission found out. */
export interface Admitted {
  readonly principal: Principal
  /** What the look-ups had heard of when they were asked. */
  readonly admittedIn: number
}

export interface AdmittedCall extends AuthenticatedCall, Admitted {}

/** A call whose message was read: the bytes that go on are the bytes that were judged. */
export interface ReadCall extends AdmittedCall {
  /** The whole body of a POST; undefined for GET and DELETE. */
  readonly body: Buffer | undefined
  readonly messages: readonly RpcMessage[]
  /** The server's own session id, proven to be this principal's. */
  readonly upstreamSessionId: string | undefined
  readonly stateless: boolean
}

/** A call whose caller was still a member when its message had come. */
export interface ReadmittedCall extends ReadCall {
  readonly isReadmitted: true
}

/** What a caller may see in lists: what they may use. */
export interface ListRules {
  isVisible(entry: {
    readonly kind: RpcAct['kind']
    /** Name of the tool or prompt, URI or URI template of the resource. */
    readonly target: string
    /** Of a tool. */
    readonly toolClass: ToolClass | undefined
    /** The method by which it would be used. */
    readonly method: string
  }): boolean
}

export interface AuthorizedCall extends ReadmittedCall {
  /** What allowed the call, for the audit row. */
  readonly rule: string
  /** Undefined when nothing is hidden from this caller: lists then pass unread. */
  readonly lists?: ListRules | undefined
}

/** A call within every limit. */
export interface LimitedCall extends AuthorizedCall {
  /** Where its caller stands with the limit that has the least left; undefined when there is no such limit. */
  readonly quota: Quota | undefined
}

/** A call that may go through the inner door, with what the server behind is shown in place of the caller's token. */
export interface EquippedCall extends LimitedCall {
  readonly credential: { readonly header: string; readonly value: string } | undefined
  /** Forgets the credential, after the server refused it; whether another attempt can fetch a fresh one. */
  readonly renewCredential?: (() => void) | undefined
}

/** A call that may be forwarded: where the audit trail is required, the row that announces it is on the disk. */
export interface RecordedCall extends EquippedCall {
  readonly isRecorded: true
}
