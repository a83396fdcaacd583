import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { ConnectionKind } from './connection.ts'

/** Kinds of connection that any teamspace has. */
export async function presentKinds(db: Kysely<Database>): Promise<Set<ConnectionKind>> {
  const rows = await db.selectFrom('connection').select('kind').distinct().execute()
  return new Set(rows.map(({ kind }) => kind as ConnectionKind))
}
