import { randomUUID } from 'node:crypto'
import { connectionRepository } from '../connections/connection-repository.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { identityOf } from './identity-of.ts'
import type { NewIdentity } from './identity-of.ts'
import { identityRepository } from './identity-repository.ts'
import { memberRepository, toMember } from './member-repository.ts'
import type { MemberIdentity } from './member-repository.ts'
import type { IdentitySource, Member, Role } from './member.ts'
import type { NewMember } from './new-member.ts'
import { removedIdentityRepository } from './removed-identity-repository.ts'
import { findOrInsertUser } from './user-repository.ts'

export interface AddedMember {
  /** False when the same person was a member already. */
  readonly created: boolean
  readonly member: Member
}

/**
 * Makes a person or a workload that a connection of the teamspace vouches for a member (S2D-04). Adding the same one
 * again only adds the source; an e-mail or a subject that belongs to somebody else here is a conflict, never a merge
 * (S2D-10).
 */
export function addMember(
  editor: Editor,
  slug: string,
  person: NewMember,
  source: IdentitySource = 'manual',
): Promise<AddedMember | Refusal> {
  return editTeamspace(editor, slug, async (edit) => {
    const { tx, teamspace } = edit
    const identity = await identityOf(person, connectionRepository(tx.db, editor.store.sealer, teamspace.id))
    if (isRefused(identity)) return identity
    const members = memberRepository(tx.db, teamspace.id)
    const known = await members.findBySubject(identity.issuer, identity.subject)
    if (known) return addAgain(edit, { known, identity, role: person.role, source })
    if (await members.findByEmail(identity.email)) {
      return refuse({
        code: 'conflict',
        field: 'email',
        says: `This e-mail is already a member here with another ${identity.says}; remove that member first`,
      })
    }
    return insertMember(edit, { identity, role: person.role ?? 'developer', source })
  })
}

interface Again {
  readonly known: MemberIdentity
  readonly identity: NewIdentity
  readonly role: Role | undefined
  readonly source: IdentitySource
}

async function addAgain(
  { tx, teamspace, record }: TeamspaceEdit,
  { known, identity, role, source }: Again,
): Promise<AddedMember | Refusal> {
  if (known.email !== identity.email) {
    return refuse({
      code: 'conflict',
      field: identity.field,
      says: `This ${identity.says} is already a member here with another e-mail; remove that member first`,
    })
  }
  if (role !== undefined && role !== known.role) {
    return refuse({ code: 'conflict', field: 'role', says: `This person is already a member here, as ${known.role}` })
  }
  const before = toMember(known)
  if (known.sources.includes(source)) return { created: false, member: before }

  await identityRepository(tx.db, teamspace.id).addSource(known.identityId, source)
  const after = { ...before, sources: [...before.sources, source].sort() }
  await record({ action: 'member.source.add', kind: 'member', before, after })
  return { created: false, member: after }
}

async function insertMember(
  { tx, teamspace, at, record }: TeamspaceEdit,
  { identity, role, source }: { identity: NewIdentity; role: Role; source: IdentitySource },
): Promise<AddedMember> {
  const { email, issuer, subject } = identity
  const [id, identityId] = [randomUUID(), randomUUID()]
  const identities = identityRepository(tx.db, teamspace.id)
  const userId = await findOrInsertUser(tx.db, email, at)
  await removedIdentityRepository(tx.db, teamspace.id).delete(issuer, subject)
  await memberRepository(tx.db, teamspace.id).insert({ id, userId, role, at })
  await identities.insert({ id: identityId, memberId: id, issuer, subject, at })
  await identities.addSource(identityId, source)

  const member: Member = {
    id,
    teamspaceId: teamspace.id,
    userId,
    email,
    role,
    issuer,
    subject,
    sources: [source],
    createdAt: at,
  }
  await record({ action: 'member.add', kind: 'member', after: member })
  return { created: true, member }
}
