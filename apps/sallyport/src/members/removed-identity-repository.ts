import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'

/** By hand only an addition by hand takes back; what SCIM took away, SCIM may give again. */
export type RemovedBy = 'manual' | 'scim'

/** People who were taken out, so that just-in-time membership does not let them in again. Bound to one teamspace. */
export function removedIdentityRepository(db: Kysely<Database>, teamspaceId: string) {
  return {
    has: async (issuer: string, subject: string): Promise<boolean> =>
      (await db
        .selectFrom('removed_identity')
        .select('removed_at')
        .where('teamspace_id', '=', teamspaceId)
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .executeTakeFirst()) !== undefined,
    findSource: async (issuer: string, subject: string): Promise<RemovedBy | undefined> => {
      const row = await db
        .selectFrom('removed_identity')
        .select('source')
        .where('teamspace_id', '=', teamspaceId)
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .executeTakeFirst()
      return row && (row.source === 'scim' ? 'scim' : 'manual')
    },
    /** The subjects among these that were taken out, by whomever. */
    listRemoved: async (issuer: string, subjects: readonly string[]): Promise<ReadonlySet<string>> => {
      const rows = await db
        .selectFrom('removed_identity')
        .select('subject')
        .where('teamspace_id', '=', teamspaceId)
        .where('issuer', '=', issuer)
        .where('subject', 'in', subjects)
        .execute()
      return new Set(rows.map(({ subject }) => subject))
    },
    /** What was done by hand stays so, whoever removes the same person again. */
    add: async (issuer: string, subject: string, at: number, source: RemovedBy = 'manual'): Promise<void> => {
      await db
        .insertInto('removed_identity')
        .values({ teamspace_id: teamspaceId, issuer, subject, removed_at: at, source })
        .onConflict((conflict) => {
          const again = conflict.columns(['teamspace_id', 'issuer', 'subject'])
          return source === 'manual' ? again.doUpdateSet({ source, removed_at: at }) : again.doNothing()
        })
        .execute()
    },
    delete: async (issuer: string, subjects: readonly string[]): Promise<void> => {
      await db
        .deleteFrom('removed_identity')
        .where('teamspace_id', '=', teamspaceId)
        .where('issuer', '=', issuer)
        .where('subject', 'in', subjects)
        .execute()
    },
  }
}
