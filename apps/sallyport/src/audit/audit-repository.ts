import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Store, StoreTransaction } from '../store/store.ts'
import { auditChainOf } from './audit-chain.ts'
import type { AdminEvent } from './audit-event.ts'
import { attemptIdOf } from './audit-id.ts'
import { fromAdmin, toEntry } from './audit-row.ts'
import type { AuditEntry } from './audit-row.ts'

export interface AuditFilter {
  /** Only this teamspace; all when absent. */
  readonly teamspaceId?: string | undefined
  readonly limit: number
  /** Only rows older than the one with this id. */
  readonly before?: string | undefined
}

/** Into the chains of their teamspaces, in their order, in the transaction of the changes themselves. */
export async function insertAdminEvents(
  store: Store,
  tx: StoreTransaction,
  events: readonly AdminEvent[],
): Promise<void> {
  await auditChainOf(store).append(tx.db, events.map(fromAdmin))
}

/** Newest first. Within a teamspace that is the order of the chain. */
export async function listAudit(db: Kysely<Database>, filter: AuditFilter): Promise<AuditEntry[]> {
  const { teamspaceId, before, limit } = filter
  let query = db.selectFrom('audit').selectAll().limit(limit)
  if (teamspaceId === undefined) {
    query = query.orderBy('id', 'desc')
    if (before !== undefined) query = query.where('id', '<', before)
  } else {
    query = query.where('teamspace_id', '=', teamspaceId).orderBy('seq', 'desc')
    if (before !== undefined) {
      const place = db.selectFrom('audit').select('seq').where('id', '=', before)
      query = query.where('seq', '<', place)
    }
  }
  return (await query.execute()).map(toEntry)
}

/** The row of a call and the one that announced it, as far as they are there. */
export async function findDecision(
  db: Kysely<Database>,
  requestId: string,
): Promise<{ readonly call: AuditEntry | undefined; readonly attempt: AuditEntry | undefined }> {
  const ids = [requestId, attemptIdOf(requestId)]
  const rows = await db.selectFrom('audit').selectAll().where('id', 'in', ids).where('kind', '!=', 'admin').execute()
  const entries = rows.map(toEntry)
  return {
    call: entries.find(({ kind }) => kind === 'call'),
    attempt: entries.find(({ kind }) => kind === 'attempt'),
  }
}
