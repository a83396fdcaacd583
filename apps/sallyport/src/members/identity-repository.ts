import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'

interface NewIdentityRow {
  readonly id: string
  readonly memberId: string
  readonly issuer: string
  readonly subject: string
  readonly at: number
}

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
    insertAll: async (identities: readonly NewIdentityRow[]): Promise<void> => {
      const rows = identities.map(({ id, memberId, issuer, subject, at }) => {
        return { id, member_id: memberId, teamspace_id: teamspaceId, issuer, subject, created_at: at }
      })
      await db.insertInto('identity').values(rows).execute()
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
    addSources: async (sources: readonly { identityId: string; source: string }[]): Promise<void> => {
      await db
        .insertInto('identity_source')
        .values(sources.map(({ identityId, source }) => ({ identity_id: identityId, source })))
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
  }
}
