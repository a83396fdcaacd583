import { setImmediate } from 'node:timers/promises'
import type { Insertable, Kysely } from 'kysely'
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

/** Rows in one insert: SQLite works on the event loop, so this bounds for how long calls must wait (about 1 ms). */
const ROWS_PER_INSERT = 100

export async function insertCallEvents(db: Kysely<Database>, events: readonly CallEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += ROWS_PER_INSERT) {
    const rows = events.slice(start, start + ROWS_PER_INSERT).map(toCallRow)
    await db.insertInto('audit').values(rows).execute()
    if (start + ROWS_PER_INSERT < events.length) await setImmediate()
  }
}

export async function insertAdminEvent(db: Kysely<Database>, event: AdminEvent): Promise<void> {
  const { at, teamspaceId, ...rest } = event
  await db
    .insertInto('audit')
    .values({ ...newRow('admin', at, teamspaceId), request_id: null, event: JSON.stringify(rest) })
    .execute()
}

/** Newest first. */
export async function listAudit(db: Kysely<Database>, filter: AuditFilter): Promise<AuditEntry[]> {
  let query = db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(filter.limit)
  if (filter.teamspaceId !== undefined) query = query.where('teamspace_id', '=', filter.teamspaceId)
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  return (await query.execute()).map(toEntry)
}

function toCallRow({ at, teamspaceId, requestId, ...rest }: CallEvent): Insertable<AuditTable> {
  return { ...newRow('call', at, teamspaceId), request_id: requestId, event: JSON.stringify(rest) }
}

function newRow(kind: AuditTable['kind'], at: number, teamspaceId: string | undefined) {
  return { id: nextAuditId(at), kind, at, teamspace_id: teamspaceId ?? null }
}

function toEntry({ id, kind, at, teamspace_id, request_id, event }: AuditRow): AuditEntry {
  return {
    id,
    kind,
    at,
    ...(teamspace_id !== null && { teamspaceId: teamspace_id }),
    ...(request_id !== null && { requestId: request_id }),
    ...(JSON.parse(event) as Record<string, unknown>),
  }
}
