import type { Kysely } from 'kysely'
import type { Member, Role } from '../../members/member.ts'
import type { Database } from '../../store/schema.ts'
import { SOURCE } from './synced-repository.ts'

/** Somebody whom a held run would take out. */
export interface HeldPerson extends Pick<Member, 'email' | 'displayName' | 'role' | 'subject'> {
  readonly memberId: string
  /** False for whoever is here by another source, too: they lose the source `group_sync` and nothing else. */
  readonly losesAccess: boolean
}

export type HeldRow = HeldPerson & { readonly identityId: string }

/** The people of one issuer whose removal waits; without those whom group sync does not vouch for any more. */
export function heldRepository(db: Kysely<Database>, teamspaceId: string, issuer: string) {
  return {
    /** In the order of the key. */
    list: async (heldSet: string, after: string, limit: number): Promise<HeldRow[]> => {
      const rows = await db
        .selectFrom('group_sync_held as held')
        .innerJoin('identity', 'identity.id', 'held.identity_id')
        .innerJoin('member', 'member.id', 'identity.member_id')
        .innerJoin('user', 'user.id', 'member.user_id')
        .select(['identity.id', 'identity.subject', 'user.email'])
        .select(['member.id as member_id', 'member.role', 'member.display_name'])
        .select(({ selectFrom }) =>
          selectFrom('identity_source as other')
            .select((row) => row.fn.countAll().as('others'))
            .whereRef('other.identity_id', '=', 'identity.id')
            .where('other.source', '!=', SOURCE)
            .as('others'),
        )
        .where('held.teamspace_id', '=', teamspaceId)
        .where('held.held_set', '=', heldSet)
        .where('held.identity_id', '>', after)
        .where('identity.issuer', '=', issuer)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('identity_source as own')
              .select('own.source')
              .whereRef('own.identity_id', '=', 'identity.id')
              .where('own.source', '=', SOURCE),
          ),
        )
        .orderBy('held.identity_id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        identityId: row.id,
        memberId: row.member_id,
        email: row.email,
        displayName: row.display_name,
        role: row.role as Role,
        subject: row.subject,
        losesAccess: Number(row.others) === 0,
      }))
    },
  }
}
