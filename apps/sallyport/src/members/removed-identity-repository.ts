import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'

/** People who were taken out by hand, so that just-in-time membership does not let them in again. Bound to one teamspace. */
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
    add: async (issuer: string, subject: string, at: number): Promise<void> => {
      await db
        .insertInto('removed_identity')
        .values({ teamspace_id: teamspaceId, issuer, subject, removed_at: at })
        .onConflict((conflict) => conflict.doNothing())
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
