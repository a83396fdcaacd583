import { setImmediate } from 'node:timers/promises'
import { CompiledQuery } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { AdminEvent, CallEvent } from './audit-event.ts'
import { nextAuditId } from './audit-id.ts'
import type { AuditRow, AuditTable } from './audit.table.ts'

/** An audit row as the admin API shows it. */
export interface AuditEntry {
  readonly id: string
  readonly kind: AuditTable['kind']
  readonly at: number
  readonly teamspaceId?: string
  readonly requestId?: string
  readonly [member: string]: unknown
}

export interface AuditFilter {
  /** Only this teamspace; all when absent. */
  readonly teamspaceId?: string | undefined
  readonly limit: number
  /** Only rows older than the one with this id. */
  readonly before?: string | undefined
}

/**
 * Rows in one insert: few sizes, so that few statements are prepared, and none so large that calls wait for it long
 * (SQLite works on the event loop). This is the hottest query of all.
 */
const INSERT_SIZES = [64, 8, 1]

export type InsertCallEvents = (tx: Transaction<Database>, events: readonly CallEvent[]) => Promise<void>

/** Writes one row a call, the request id its id. The statements are compiled once, here. */
export function callEventInserter(db: Kysely<Database>): InsertCallEvents {
  const statements = INSERT_SIZES.map((size) => ({ size, sql: insertSql(db, size) }))
  return async (tx, events) => {
    let start = 0
    for (const { size, sql } of statements) {
      for (; events.length - start >= size; start += size) {
        if (start > 0 && size > 1) await setImmediate()
        const parameters = events.slice(start, start + size).flatMap(toParameters)
        await tx.executeQuery(CompiledQuery.raw(sql, parameters))
      }
    }
  }
}

const insertSql = (db: Kysely<Database>, rows: number): string =>
  db
    .insertInto('audit')
    .values(Array.from({ length: rows }, () => ({ id: '', kind: 'call', at: 0, teamspace_id: '', event: '' }) as const))
    // A batch whose commit went through but whose answer was lost is written again: its rows are there already.
    .onConflict((conflict) => conflict.column('id').doNothing())
    .compile().sql

/** In the order of the columns in `insertSql`. */
const toParameters = (event: CallEvent): unknown[] => [
  event.requestId,
  'call',
  event.at,
  event.teamspaceId ?? null,
  JSON.stringify(toStored(event)),
]

type Stored = Omit<CallEvent, 'requestId' | 'at' | 'teamspaceId'>

/** What has no column of its own. Spelt out, because a rest pattern costs more than the rest of the row. */
const toStored = (event: CallEvent): { [Member in keyof Required<Stored>]: Stored[Member] | undefined } => ({
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
  decision: event.decision,
  rule: event.rule,
  detail: event.detail,
  step: event.decision === 'allowed' ? undefined : event.step,
  traceId: event.traceId,
  filtered: event.filtered,
  exchange: event.exchange,
  status: event.status,
  upstreamStatus: event.upstreamStatus,
  durationMs: event.durationMs,
})

export async function insertAdminEvent(db: Kysely<Database>, event: AdminEvent): Promise<void> {
  const { at, teamspaceId, ...rest } = event
  await db
    .insertInto('audit')
    .values({ id: nextAuditId(at), kind: 'admin', at, teamspace_id: teamspaceId ?? null, event: JSON.stringify(rest) })
    .execute()
}

/** Newest first. */
export async function listAudit(db: Kysely<Database>, filter: AuditFilter): Promise<AuditEntry[]> {
  let query = db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(filter.limit)
  if (filter.teamspaceId !== undefined) query = query.where('teamspace_id', '=', filter.teamspaceId)
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  return (await query.execute()).map(toEntry)
}

function toEntry({ id, kind, at, teamspace_id, event }: AuditRow): AuditEntry {
  return {
    id,
    kind,
    at,
    ...(teamspace_id !== null && { teamspaceId: teamspace_id }),
    ...(kind === 'call' && { requestId: id }),
    ...(JSON.parse(event) as Record<string, unknown>),
  }
}
