import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import { searchedName } from './display-name.ts'
import type { IdentitySource, Member, Role } from './member.ts'

/** Somebody who can make others owners, with what vouches for them. */
export interface Owner {
  readonly id: string
  readonly identities: readonly { readonly issuer: string; readonly sources: readonly string[] }[]
}

export interface MemberPage {
  readonly limit: number
  /** Only e-mails after this one. */
  readonly after?: string | undefined
  /** Only those with this text in their e-mail or display name; as both are searched, in lower case. */
  readonly containing?: string | undefined
}

interface NewMemberRow extends Pick<Member, 'id' | 'userId' | 'role' | 'displayName'> {
  readonly at: number
}

/** A member with the row of the identity, which the sources hang on. */
export type MemberIdentity = Member & { readonly identityId: string }

/** Bound to one teamspace when it is made, so a query across teamspaces cannot be written by accident. */
export function memberRepository(db: Kysely<Database>, teamspaceId: string) {
  const owned = db
    .selectFrom('member')
    .innerJoin('user', 'user.id', 'member.user_id')
    .innerJoin('identity', 'identity.member_id', 'member.id')
    .select(['member.id', 'member.teamspace_id', 'member.user_id', 'member.role', 'member.created_at', 'user.email'])
    .select('member.display_name')
    .select(['identity.id as identity_id', 'identity.issuer', 'identity.subject'])
    .where('member.teamspace_id', '=', teamspaceId)

  const withSources = async (rows: Awaited<ReturnType<typeof owned.execute>>): Promise<MemberIdentity[]> => {
    if (rows.length === 0) return []
    const sources = await db
      .selectFrom('identity_source')
      .selectAll()
      .where(
        'identity_id',
        'in',
        rows.map((row) => row.identity_id),
      )
      .orderBy('source')
      .execute()
    const byIdentity = Map.groupBy(sources, (row) => row.identity_id)
    return rows.map((row) => ({
      id: row.id,
      teamspaceId: row.teamspace_id,
      userId: row.user_id,
      email: row.email,
      displayName: row.display_name,
      role: row.role as Role,
      issuer: row.issuer,
      subject: row.subject,
      sources: (byIdentity.get(row.identity_id) ?? []).map(({ source }) => source as IdentitySource),
      createdAt: row.created_at,
      identityId: row.identity_id,
    }))
  }
  const first = async (query: typeof owned): Promise<MemberIdentity | undefined> =>
    (await withSources(await query.limit(1).execute()))[0]

  return {
    list: async ({ limit, after, containing }: MemberPage): Promise<MemberIdentity[]> => {
      let page = after === undefined ? owned : owned.where('user.email', '>', after)
      if (containing !== undefined) {
        const pattern = `%${containing.replace(/[\\%_]/g, '\\$&')}%`
        page = page.where(({ or }) =>
          or([likeness('user.email', pattern), likeness('member.display_name_key', pattern)]),
        )
      }
      return withSources(await page.orderBy('user.email').orderBy('identity.id').limit(limit).execute())
    },
    findById: (id: string) => first(owned.where('member.id', '=', id)),
    findByEmail: (email: string) => first(owned.where('user.email', '=', email)),
    // By the identity's own teamspace: without it, SQLite walks through all members to find one.
    findBySubject: (issuer: string, subject: string) =>
      first(
        owned
          .where('identity.teamspace_id', '=', teamspaceId)
          .where('identity.issuer', '=', issuer)
          .where('identity.subject', '=', subject),
      ),
    findByIdentity: (identityId: string) => first(owned.where('identity.id', '=', identityId)),
    /** Those who have one of these e-mails. */
    listByEmails: async (emails: readonly string[]): Promise<MemberIdentity[]> => {
      // By way of the users: for several e-mails SQLite would walk through all members.
      const users = await db.selectFrom('user').select('id').where('email', 'in', emails).execute()
      const ids = users.map(({ id }) => id)
      return ids.length > 0 ? withSources(await owned.where('member.user_id', 'in', ids).execute()) : []
    },
    /** Those who have one of these subjects at this issuer. */
    listBySubjects: async (issuer: string, subjects: readonly string[]): Promise<MemberIdentity[]> =>
      withSources(
        await owned
          .where('identity.teamspace_id', '=', teamspaceId)
          .where('identity.issuer', '=', issuer)
          .where('identity.subject', 'in', subjects)
          .execute(),
      ),
    /** Those among them who have one of these ids or e-mails. */
    listNamed: (names: readonly string[]): Promise<{ id: string; email: string }[]> =>
      db
        .selectFrom('member')
        .innerJoin('user', 'user.id', 'member.user_id')
        .select(['member.id', 'user.email'])
        .where('member.teamspace_id', '=', teamspaceId)
        .where(({ eb, or }) => or([eb('member.id', 'in', names), eb('user.email', 'in', names)]))
        .execute(),
    insertAll: async (members: readonly NewMemberRow[]): Promise<void> => {
      const rows = members.map(({ id, userId, role, displayName, at }) => {
        return { id, teamspace_id: teamspaceId, user_id: userId, role, created_at: at, ...toNameColumns(displayName) }
      })
      await db.insertInto('member').values(rows).execute()
    },
    setUser: async (id: string, userId: string): Promise<void> => {
      await db
        .updateTable('member')
        .set({ user_id: userId })
        .where('teamspace_id', '=', teamspaceId)
        .where('id', '=', id)
        .execute()
    },
    setDisplayName: async (id: string, displayName: string | null): Promise<void> => {
      await db
        .updateTable('member')
        .set(toNameColumns(displayName))
        .where('teamspace_id', '=', teamspaceId)
        .where('id', '=', id)
        .execute()
    },
    setRole: async (id: string, role: Role): Promise<void> => {
      await db
        .updateTable('member')
        .set({ role })
        .where('teamspace_id', '=', teamspaceId)
        .where('id', '=', id)
        .execute()
    },
    listOwners: async (): Promise<Owner[]> => {
      const rows = await db
        .selectFrom('member')
        .leftJoin('identity', 'identity.member_id', 'member.id')
        .leftJoin('identity_source', 'identity_source.identity_id', 'identity.id')
        .select(['member.id', 'identity.id as identity_id', 'identity.issuer', 'identity_source.source'])
        .where('member.teamspace_id', '=', teamspaceId)
        .where('member.role', '=', 'owner')
        .execute()
      const byMember = Map.groupBy(rows, ({ id }) => id)
      return [...byMember].map(([id, own]) => ({
        id,
        identities: [...Map.groupBy(own, ({ identity_id }) => identity_id).values()].flatMap((same) => {
          const issuer = same[0]?.issuer ?? undefined
          return issuer === undefined ? [] : [{ issuer, sources: same.flatMap(({ source }) => source ?? []) }]
        }),
      }))
    },
    delete: async (id: string): Promise<void> => {
      await db.deleteFrom('member').where('teamspace_id', '=', teamspaceId).where('id', '=', id).execute()
    },
  }
}

export const toMember = ({ identityId: _, ...member }: MemberIdentity): Member => member

const toNameColumns = (displayName: string | null) => ({
  display_name: displayName,
  display_name_key: displayName === null ? null : searchedName(displayName),
})

const likeness = (column: string, pattern: string) => sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
