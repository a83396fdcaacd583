import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import type { Policy } from './policy.ts'

/** A policy as it was saved. Its document is read but not checked: an older version of Sallyport may have written it. */
export interface StoredPolicy {
  readonly document: unknown
  readonly version: number
  readonly updatedAt: number
  readonly updatedBy: string
}

export type NewPolicy = Omit<StoredPolicy, 'document'> & { readonly document: Policy }

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function policyRepository(db: Kysely<Database>, teamspaceId: string) {
  return {
    find: async (): Promise<StoredPolicy | undefined> => {
      const row = await db.selectFrom('policy').selectAll().where('teamspace_id', '=', teamspaceId).executeTakeFirst()
      if (!row) return undefined
      const { document, version, updated_at: updatedAt, updated_by: updatedBy } = row
      return { document: JSON.parse(document), version, updatedAt, updatedBy }
    },
    save: async ({ document, version, updatedAt, updatedBy }: NewPolicy): Promise<void> => {
      const row = { document: JSON.stringify(document), version, updated_at: updatedAt, updated_by: updatedBy }
      await db
        .insertInto('policy')
        .values({ ...row, teamspace_id: teamspaceId })
        .onConflict((conflict) => conflict.column('teamspace_id').doUpdateSet(row))
        .execute()
    },
  }
}
