import { searchAudit } from '../../apps/sallyport/src/audit/search-audit.ts'
import type { AuditQuery } from '../../apps/sallyport/src/audit/search-audit.ts'
import type { AuditEntry } from '../../apps/sallyport/src/audit/audit-row.ts'
import type { Store } from '../../apps/sallyport/src/store/store.ts'

/** Rows of the audit trail, newest first. */
export const listAudit = async (store: Store, query: AuditQuery): Promise<readonly AuditEntry[]> =>
  (await searchAudit(store, query)).events
