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
    /** The ids of those who are still here. */
    listExisting: async (subjects: readonly string[]): Promise<string[]> => {
      const own = db.selectFrom('identity').select('id').where('teamspace_id', '=', teamspaceId)
      const rows = await own.where('issuer', '=', issuer).where('subject', 'in', subjects).execute()
      return rows.map(({ id }) => id)
    },
    removeSource: async (ids: readonly string[]): Promise<void> => {
      await db.deleteFrom('identity_source').where('identity_id', 'in', ids).where('source', '=', SOURCE).execute()
    },
    /** With the members who have no other. By subjects and users, since by ids SQLite walks through the whole teamspace. */
    delete: async (people: readonly { readonly subject: string; readonly userId: string }[]): Promise<void> => {
      const subjects = people.map(({ subject }) => subject)
      const userIds = people.map(({ userId }) => userId)
      const own = db.deleteFrom('identity').where('teamspace_id', '=', teamspaceId)
      await own.where('issuer', '=', issuer).where('subject', 'in', subjects).execute()
      await db
        .deleteFrom('member')
        .where('teamspace_id', '=', teamspaceId)
        .where('user_id', 'in', userIds)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('identity').select('id').whereRef('identity.member_id', '=', 'member.id'))),
        )
        .execute()
    },
  }
}
