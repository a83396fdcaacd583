import type { Step } from '../telemetry/step.ts'

/** One row per call through the gate, refusals and faults included. Nothing in it is secret. */
export interface CallEvent {
  readonly requestId: string
  readonly at: number
  readonly teamspaceId?: string
  /** Where the call came from: the peer, or the client that a trusted proxy named. */
  readonly address?: string
  readonly memberId?: string
  /** What kind of caller was admitted: `member`, `mcp_token`, `gateway` or `anonymous`. */
  readonly principal?: string
  readonly email?: string
  readonly issuer?: string
  readonly subject?: string
  readonly clientId?: string
  readonly tokenId?: string
  /** Whom a gateway in front says it let through; nobody verified it here. */
  readonly claimed?: ClaimedCaller
  readonly server?: string
  readonly rpcMethod?: string
  /** Tool name, resource URI or prompt name. */
  readonly target?: string
  readonly decision: 'allowed' | 'denied' | 'fault'
  /** The denial's or fault's code, or the rule that allowed. */
  readonly rule: string
  /** What the rules that are only tried out would have changed. */
  readonly dryRun?: string
  /** Details for the admin: what was expected and presented. Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** Where the call ended, unless it was allowed. */
  readonly step?: Step | undefined
  /** Of the W3C trace context that the call came with or was given. */
  readonly traceId?: string | undefined
  /** Entries of lists that the caller was shown, and that were taken out; of answers that were read whole. */
  readonly filtered?: { readonly shown: number; readonly hidden: number }
  readonly exchange?: string
  readonly status: number
  readonly upstreamStatus?: number
  readonly durationMs: number
}

/** A call that is about to be forwarded: what is known of it beforehand. Its `CallEvent` follows. */
export interface AttemptEvent extends Omit<CallEvent, 'decision' | 'status' | 'upstreamStatus' | 'durationMs'> {
  readonly decision: 'attempt'
}

/** What headers said of a caller. Never to be taken for an identity. */
export interface ClaimedCaller {
  readonly id?: string
  readonly name?: string
  readonly idp?: string
}

/** A change that someone made to what teamspaces own; written in the transaction of the change itself. */
export interface AdminEvent {
  readonly at: number
  readonly actor: string
  /** Set when the actor is a member: who it is, beside the e-mail that people call them by. */
  readonly memberId?: string | undefined
  readonly action: string
  readonly teamspaceId?: string
  readonly before?: unknown
  readonly after?: unknown
}
