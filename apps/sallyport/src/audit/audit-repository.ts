import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Store, StoreTransaction } from '../store/store.ts'
import { auditChainOf } from './audit-chain.ts'
import type { AdminEvent } from './audit-event.ts'
import { attemptIdOf } from './audit-id.ts'
import { fromAdmin, toEntry } from './audit-row.ts'
import type { AuditEntry } from './audit-row.ts'

/** Into the chains of their teamspaces, in their order, in the transaction of the changes themselves. */
export async function insertAdminEvents(
  store: Store,
  tx: StoreTransaction,
  events: readonly AdminEvent[],
): Promise<void> {
  await auditChainOf(store).append(tx.db, events.map(fromAdmin))
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
