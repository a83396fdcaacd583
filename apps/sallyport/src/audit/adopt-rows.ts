import type { Store, StoreTransaction } from '../store/store.ts'
import { auditChainOf } from './audit-chain.ts'
import { fromAdmin } from './audit-row.ts'

const BATCH = 500

/**
 * Takes the rows of before there were chains into them: at start, before anything new is written, and in batches, each of
 * which is whole. One that is interrupted goes on at the next start. Each batch leaves a row that says so: what is taken
 * in was under nobody's seal until then.
 */
export async function adoptRows(
  store: Store,
  { now, log }: { readonly now: () => number; readonly log: (message: string, fields?: object) => void },
): Promise<void> {
  let adopted = 0
  for (;;) {
    const waiting = await store.db.selectFrom('audit_unchained').select('id').limit(1).executeTakeFirst()
    if (!waiting) break
    adopted += await store.transaction((tx) => adoptBatch(store, tx, now()))
  }
  if (adopted > 0) log('The audit trail was taken into its chains', { rows: adopted })
}

async function adoptBatch(store: Store, { db }: StoreTransaction, at: number): Promise<number> {
  const chain = auditChainOf(store)
  await chain.lock(db, ['']) // another Sallyport that starts now takes the batch after this one
  const rows = await db.selectFrom('audit_unchained').selectAll().orderBy('id').limit(BATCH).execute()
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return 0
  const after = { rows: rows.length, first: first.id, last: last.id }
  const said = fromAdmin({ at, actor: 'sallyport', action: 'audit.adopted', after })
  await chain.append(db, [...rows.map((row) => ({ ...row, teamspace_id: row.teamspace_id ?? '' })), said])
  await db.deleteFrom('audit_unchained').where('id', '<=', last.id).execute()
  return rows.length
}
