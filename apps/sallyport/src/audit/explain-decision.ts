import { explainCode } from '../outcome/explanations.ts'
import type { Step } from '../telemetry/step.ts'
import type { AuditEntry } from './audit-row.ts'

/** One call, as its admin should understand it. */
export interface DecisionView {
  readonly requestId: string
  readonly at: string
  readonly decision: 'allowed' | 'denied' | 'fault'
  /** The step of the gate where the call ended, or that allowed it; absent in rows of before steps were recorded. */
  readonly step?: Step
  /** The refusal's or fault's code, or the rule that allowed. */
  readonly rule: string
  readonly says: string
  readonly expected?: unknown
  readonly presented?: unknown
  /** What else was found out, such as the claim, the hint or the AADSTS codes. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** The setting or registration that would change the outcome. */
  readonly fix?: string
  readonly docs?: string
  /** What rules would have decided that are only tried out. */
  readonly dryRun?: unknown
  readonly caller: Readonly<Record<string, unknown>>
  readonly call: Readonly<Record<string, unknown>>
  readonly exchange?: unknown
  readonly status?: unknown
  readonly upstreamStatus?: unknown
  readonly durationMs?: unknown
  /** Whether the end of the call is known: Sallyport may have stopped between its row and the answer. */
  readonly isFinished: boolean
}

const CALLER = ['teamspaceId', 'principal', 'memberId', 'email', 'issuer', 'subject', 'clientId', 'tokenId', 'claimed']
const CALL = ['server', 'rpcMethod', 'target']

/** Explains a call by its row, and by the one that announced it where that is all there is. */
export function explainDecision({
  call,
  attempt,
}: {
  readonly call: AuditEntry | undefined
  readonly attempt: AuditEntry | undefined
}): DecisionView | undefined {
  const row = call ?? attempt
  if (!row) return undefined
  const rule = String(row['rule'] ?? '')
  const code = explainCode(rule)
  const { expected, presented, required, ...detail } = Object(row['detail']) as Record<string, unknown>
  const fix = (detail['setting'] ?? code?.fix) as string | undefined
  const wanted = expected ?? required
  const step = row['decision'] === 'allowed' ? 'authorize' : (row['step'] as Step | undefined)
  return {
    requestId: row.requestId ?? row.id,
    at: new Date(row.at).toISOString(),
    decision: row['decision'] as DecisionView['decision'],
    ...(step !== undefined && { step }),
    rule,
    says: code?.says ?? sayWithoutCode(rule, call !== undefined),
    ...(wanted !== undefined && { expected: wanted }),
    ...(presented !== undefined && { presented }),
    ...(Object.keys(detail).length > 0 && { detail }),
    ...(fix !== undefined && { fix: fix.replace('servers.NAME', `servers.${String(row['server'] ?? 'NAME')}`) }),
    ...(code && { docs: `docs/denials.md#${rule}` }),
    caller: pick(row, CALLER),
    call: pick(row, CALL),
    ...pick(row, ['dryRun', 'exchange', 'status', 'upstreamStatus', 'durationMs']),
    isFinished: call !== undefined,
  }
}

function sayWithoutCode(rule: string, isFinished: boolean): string {
  if (rule === 'client_gone') return 'The client went away before there was an answer'
  return isFinished ? 'The call was allowed' : 'The call was allowed; whether it was answered is not known'
}

const pick = (row: AuditEntry, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])))
