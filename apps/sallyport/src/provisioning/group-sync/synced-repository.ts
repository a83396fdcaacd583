import type { Kysely } from 'kysely'
import type { Database } from '../../store/schema.ts'

export const SOURCE = 'group_sync'

export interface SyncedIdentity {
  readonly id: string
  readonly subject: string
}

/** The identities of one issuer that group sync vouches for in a teamspace. */
export function syncedRepository(db: Kysely<Database>, teamspaceId: string, issuer: string) {
  return {
    /** In the order of the index that finds people by their subject. */
    list: (after: string, limit: number): Promise<SyncedIdentity[]> =>
      db
        .selectFrom('identity')
        .innerJoin('identity_source', 'identity_source.identity_id', 'identity.id')
        .select(['identity.id', 'identity.subject'])
        .where('identity.teamspace_id', '=', teamspaceId)
        .where('identity.issuer', '=', issuer)
        .where('identity_source.source', '=', SOURCE)
        .where('identity.subject', '>', after)
        .orderBy('identity.subject')
        .limit(limit)
        .execute(),
    listExisting: async (ids: readonly string[]): Promise<string[]> => {
      const own = db.selectFrom('identity').select('id').where('teamspace_id', '=', teamspaceId)
      return (await own.where('id', 'in', ids).execute()).map(({ id }) => id)
    },
    removeSource: async (ids: readonly string[]): Promise<void> => {
      await db.deleteFrom('identity_source').where('identity_id', 'in', ids).where('source', '=', SOURCE).execute()
    },
    /** With the members who have no other. */
    delete: async (ids: readonly string[], memberIds: readonly string[]): Promise<void> => {
      await db.deleteFrom('identity').where('teamspace_id', '=', teamspaceId).where('id', 'in', ids).execute()
      await db
        .deleteFrom('member')
        .where('teamspace_id', '=', teamspaceId)
        .where('id', 'in', memberIds)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('identity').select('id').whereRef('identity.member_id', '=', 'member.id'))),
        )
        .execute()
    },
  }
}
