import type { AdminEvent, AttemptEvent, CallEvent } from './audit-event.ts'
import type { NewAuditRow } from './audit-chain.ts'
import { attemptIdOf, nextAuditId, requestIdOf } from './audit-id.ts'
import type { AuditKind, AuditRow } from './audit.table.ts'

/** An audit row as the admin API shows it. */
export interface AuditEntry {
  readonly id: string
  readonly kind: AuditKind
  readonly at: number
  readonly teamspaceId?: string
  readonly requestId?: string
  readonly [member: string]: unknown
}

type Stored = Omit<CallEvent, 'requestId' | 'at' | 'teamspaceId' | 'decision'>

/**
 * What has no column of its own. Spelt out, because a rest pattern costs more than the rest of the row; the type says
 * when a member is missing.
 */
const toStored = (
  event: Partial<Stored> & Pick<CallEvent | AttemptEvent, 'decision'>,
): { [Member in keyof Required<Stored>]: Stored[Member] | undefined } & { decision: string } => ({
  address: event.address,
  dryRun: event.dryRun,
  memberId: event.memberId,
  principal: event.principal,
  email: event.email,
  issuer: event.issuer,
  subject: event.subject,
  clientId: event.clientId,
  tokenId: event.tokenId,
  claimed: event.claimed,
  server: event.server,
  rpcMethod: event.rpcMethod,
  target: event.target,
  decision: event.decision === 'attempt' ? 'allowed' : event.decision,
  rule: event.rule,
  detail: event.detail,
  step: event.decision === 'allowed' || event.decision === 'attempt' ? undefined : event.step,
  traceId: event.traceId,
  filtered: event.filtered,
  exchange: event.exchange,
  status: event.status,
  upstreamStatus: event.upstreamStatus,
  durationMs: event.durationMs,
})

export const fromCall = (event: CallEvent | AttemptEvent): NewAuditRow => {
  const isAttempt = event.decision === 'attempt'
  return {
    teamspace_id: event.teamspaceId ?? '',
    id: isAttempt ? attemptIdOf(event.requestId) : event.requestId,
    kind: isAttempt ? 'attempt' : 'call',
    at: event.at,
    event: JSON.stringify(toStored(event)),
  }
}

export function fromAdmin(event: AdminEvent): NewAuditRow {
  const { at, teamspaceId = '', ...rest } = event
  return { teamspace_id: teamspaceId, id: nextAuditId(at), kind: 'admin', at, event: JSON.stringify(rest) }
}

export function toEntry({ id, kind, at, teamspace_id, event }: Omit<AuditRow, 'seq' | 'hash'>): AuditEntry {
  return {
    id,
    kind,
    at,
    ...(teamspace_id !== '' && { teamspaceId: teamspace_id }),
    ...(kind !== 'admin' && { requestId: kind === 'call' ? id : requestIdOf(id) }),
    ...readEvent(event),
  }
}

/** A row that somebody wrote by hand must not keep the others from being shown. */
function readEvent(event: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(event)) as Record<string, unknown>
  } catch {
    return { unreadable: event.slice(0, 512) }
  }
}
