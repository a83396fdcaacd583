import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'

/** Bound to one teamspace when it is made. */
export function identityRepository(db: Kysely<Database>, teamspaceId: string) {
  return {
    count: async (issuer: string): Promise<number> => {
      const { count } = await db
        .selectFrom('identity')
        .select((row) => row.fn.countAll().as('count'))
        .where('teamspace_id', '=', teamspaceId)
        .where('issuer', '=', issuer)
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    /** Deletes the identities whose issuer begins so, then the members who have none left. Answers how many members. */
    deleteAll: async (issuerPrefix: string): Promise<number> => {
      await db
        .deleteFrom('identity')
        .where('teamspace_id', '=', teamspaceId)
        .where('issuer', 'like', `${issuerPrefix}%`)
        .execute()
      const { numDeletedRows } = await db
        .deleteFrom('member')
        .where('teamspace_id', '=', teamspaceId)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('identity').select('id').whereRef('identity.member_id', '=', 'member.id'))),
        )
        .executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    },
    insert: async (identity: { id: string; memberId: string; issuer: string; subject: string; at: number }) => {
      const { id, memberId, issuer, subject, at } = identity
      await db
        .insertInto('identity')
        .values({ id, member_id: memberId, teamspace_id: teamspaceId, issuer, subject, created_at: at })
        .execute()
    },
    delete: async (id: string): Promise<void> => {
      await db.deleteFrom('identity').where('teamspace_id', '=', teamspaceId).where('id', '=', id).execute()
    },
    countOf: async (memberId: string): Promise<number> => {
      const { count } = await db
        .selectFrom('identity')
        .select((row) => row.fn.countAll().as('count'))
        .where('teamspace_id', '=', teamspaceId)
        .where('member_id', '=', memberId)
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    removeSources: async (identityId: string, sources: readonly string[]): Promise<void> => {
      await db
        .deleteFrom('identity_source')
        .where('identity_id', '=', identityId)
        .where('source', 'in', sources)
        .execute()
    },
    addSource: async (identityId: string, source: string): Promise<void> => {
      await db
        .insertInto('identity_source')
        .values({ identity_id: identityId, source })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
  }
}
