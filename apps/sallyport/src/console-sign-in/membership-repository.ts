import type { Kysely } from 'kysely'
import { issuerKeyOfRow } from '../connections/connection-row.ts'
import type { Role } from '../members/member.ts'
import type { Database } from '../store/schema.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'

/** What an identity is in one teamspace. */
export interface FoundMembership {
  readonly teamspace: Teamspace
  readonly member: { readonly id: string; readonly role: Role; readonly email: string }
}

/**
 * All teamspaces that know this identity, by slug; asked with each request, so that a removal counts at once. Those alone that
 * are connected to its issuer: people of a former one are let in no more than at the gate (S2D-11).
 */
export async function listMemberships(
  db: Kysely<Database>,
  issuer: string,
  subject: string,
): Promise<readonly FoundMembership[]> {
  const rows = await db
    .selectFrom('identity')
    .innerJoin('member', 'member.id', 'identity.member_id')
    .innerJoin('teamspace', 'teamspace.id', 'identity.teamspace_id')
    .innerJoin('user', 'user.id', 'member.user_id')
    .select(['teamspace.id as teamspace_id', 'teamspace.slug', 'teamspace.name', 'teamspace.created_at'])
    .select(['member.id as member_id', 'member.role', 'user.email'])
    .where('identity.issuer', '=', issuer)
    .where('identity.subject', '=', subject)
    .orderBy('teamspace.slug')
    .execute()
  const connected = await listConnected(
    db,
    issuer,
    rows.map(({ teamspace_id }) => teamspace_id),
  )
  const known = rows.filter(({ teamspace_id }) => connected.has(teamspace_id))
  return known.map((row) => ({
    teamspace: { id: row.teamspace_id, slug: row.slug, name: row.name, createdAt: row.created_at },
    member: { id: row.member_id, role: row.role as Role, email: row.email },
  }))
}

/** Which of these teamspaces have a connection to this issuer. */
async function listConnected(db: Kysely<Database>, issuer: string, teamspaceIds: readonly string[]) {
  if (teamspaceIds.length === 0) return new Set<string>()
  const rows = await db
    .selectFrom('connection')
    .select(['teamspace_id', 'kind', 'cloud', 'tenant_id', 'settings'])
    .where('teamspace_id', 'in', teamspaceIds)
    .execute()
  return new Set(rows.filter((row) => issuerKeyOfRow(row) === issuer).map(({ teamspace_id }) => teamspace_id))
}
