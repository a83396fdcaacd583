import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
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

export interface HeldSummary {
  readonly total: number
  /** How many of them would lose access. */
  readonly losing: number
  /** Another one as soon as anybody, a role, or what would become of somebody is another. */
  readonly list: string
}

interface PageOfHeld {
  readonly limit: number
  /** Only e-mails after this one. */
  readonly after?: string | undefined
}

const AT_ONCE = 1_000

/** The people of one issuer whose removal waits under the name of a set; without those who are not synced any more. */
export function heldRepository(db: Kysely<Database>, teamspaceId: string, issuer: string) {
  const heldIn = (set: string) =>
    db
      .selectFrom('group_sync_held as held')
      .innerJoin('identity', 'identity.id', 'held.identity_id')
      .innerJoin('member', 'member.id', 'identity.member_id')
      .where('held.teamspace_id', '=', teamspaceId)
      .where('held.held_set', '=', set)
      .where('identity.issuer', '=', issuer)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('identity_source as own')
            .select('own.source')
            .whereRef('own.identity_id', '=', 'identity.id')
            .where('own.source', '=', SOURCE),
        ),
      )
      .select(['identity.id', 'identity.subject', 'member.id as member_id', 'member.role', 'member.display_name'])
      .select(({ selectFrom }) =>
        selectFrom('identity_source as other')
          .select((row) => row.fn.countAll().as('others'))
          .whereRef('other.identity_id', '=', 'identity.id')
          .where('other.source', '!=', SOURCE)
          .as('others'),
      )
  return {
    /** By e-mail. */
    page: async (set: string, { limit, after = '' }: PageOfHeld): Promise<HeldPerson[]> => {
      const named = heldIn(set).innerJoin('user', 'user.id', 'member.user_id').select('user.email')
      const rows = await named.where('user.email', '>', after).orderBy('user.email').limit(limit).execute()
      return rows.map(({ email, member_id: memberId, display_name: displayName, role, subject, others }) => {
        return { memberId, email, displayName, role: role as Role, subject, losesAccess: Number(others) === 0 }
      })
    },
    /** Of all of them, some at a time: on SQLite a statement holds the event loop. */
    summarize: async (set: string): Promise<HeldSummary> => {
      const hash = createHash('sha256')
      let [total, losing] = [0, 0]
      for (let after = ''; ; await setImmediate()) {
        const some = await heldIn(set)
          .where('held.identity_id', '>', after)
          .orderBy('held.identity_id')
          .limit(AT_ONCE)
          .execute()
        for (const { id, role, others } of some) {
          const loses = Number(others) === 0
          total++
          if (loses) losing++
          hash.update(`${id} ${role} ${loses}\n`)
        }
        if (some.length < AT_ONCE) return { total, losing, list: hash.digest('base64url').slice(0, 22) }
        after = some.at(-1)!.id
      }
    },
  }
}
