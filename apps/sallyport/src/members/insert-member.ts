import { randomUUID } from 'node:crypto'
import type { TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { identityRepository } from './identity-repository.ts'
import { memberRepository } from './member-repository.ts'
import type { IdentitySource, Member } from './member.ts'
import { findOrInsertUsers } from './user-repository.ts'

export interface Newcomer extends Pick<Member, 'issuer' | 'subject' | 'email' | 'role'> {
  readonly source: IdentitySource
  readonly displayName?: Member['displayName'] | undefined
}

/** Makes a member of somebody who is none yet, with the audit row. Whether they may be one is the caller's question. */
export async function insertMember(edit: TeamspaceEdit, newcomer: Newcomer): Promise<Member> {
  const [member] = await insertMembers(edit, [newcomer])
  return member!
}

/** The same for a few hundred at once, none of whom has the e-mail or the identity of another. */
export async function insertMembers(
  { tx, teamspace, at, recordAll }: TeamspaceEdit,
  newcomers: readonly Newcomer[],
): Promise<Member[]> {
  if (newcomers.length === 0) return []
  const emails = newcomers.map(({ email }) => email)
  const userIds = await findOrInsertUsers(tx.db, emails, at)
  const made = newcomers.map(({ source, displayName = null, ...newcomer }) => {
    const userId = userIds.get(newcomer.email)!
    const place = { id: randomUUID(), teamspaceId: teamspace.id, userId }
    const member: Member = { ...newcomer, ...place, displayName, sources: [source], createdAt: at }
    return { identityId: randomUUID(), source, member }
  })
  const identities = identityRepository(tx.db, teamspace.id)
  await memberRepository(tx.db, teamspace.id).insertAll(made.map(({ member }) => ({ ...member, at })))
  await identities.insertAll(
    made.map(({ identityId: id, member: { id: memberId, issuer, subject } }) => ({
      id,
      memberId,
      issuer,
      subject,
      at,
    })),
  )
  await identities.addSources(made)
  await recordAll(made.map(({ member }) => ({ action: 'member.add', kind: 'member', after: member })))
  return made.map(({ member }) => member)
}
