import { randomUUID } from 'node:crypto'
import type { TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { identityRepository } from './identity-repository.ts'
import { memberRepository } from './member-repository.ts'
import type { IdentitySource, Member } from './member.ts'
import { findOrInsertUser } from './user-repository.ts'

export interface Newcomer extends Pick<Member, 'issuer' | 'subject' | 'email' | 'role'> {
  readonly source: IdentitySource
}

/** Makes a member of somebody who is none yet, with the audit row. Whether they may be one is the caller's question. */
export async function insertMember(
  { tx, teamspace, at, record }: TeamspaceEdit,
  { source, ...newcomer }: Newcomer,
): Promise<Member> {
  const { email, issuer, subject, role } = newcomer
  const [id, identityId] = [randomUUID(), randomUUID()]
  const identities = identityRepository(tx.db, teamspace.id)
  const userId = await findOrInsertUser(tx.db, email, at)
  await memberRepository(tx.db, teamspace.id).insert({ id, userId, role, at })
  await identities.insert({ id: identityId, memberId: id, issuer, subject, at })
  await identities.addSource(identityId, source)
  const member: Member = { ...newcomer, id, teamspaceId: teamspace.id, userId, sources: [source], createdAt: at }
  await record({ action: 'member.add', kind: 'member', after: member })
  return member
}
