import { randomUUID } from 'node:crypto'
import { connectionRepository } from '../connections/connection-repository.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { identityRepository } from './identity-repository.ts'
import { memberRepository, toMember } from './member-repository.ts'
import type { MemberIdentity } from './member-repository.ts'
import { entraIssuerKey } from './member.ts'
import type { IdentitySource, Member } from './member.ts'
import type { NewMember } from './new-member.ts'
import { removedIdentityRepository } from './removed-identity-repository.ts'
import { findOrInsertUser } from './user-repository.ts'

export interface AddedMember {
  /** False when the same person was a member already. */
  readonly created: boolean
  readonly member: Member
}

/**
 * Makes a person of the teamspace's Entra tenant a member (S2D-04). Adding the same person again only adds the source;
 * an e-mail or an object id that belongs to somebody else here is a conflict, never a merge (S2D-10).
 */
export function addMember(
  editor: Editor,
  slug: string,
  person: NewMember,
  source: IdentitySource = 'manual',
): Promise<AddedMember | Refusal> {
  return editTeamspace(editor, slug, async (edit) => {
    const connection = await connectionRepository(edit.tx.db, editor.store.sealer, edit.teamspace.id).find('entra')
    if (!connection) {
      return refuse({
        code: 'conflict',
        says: 'Set the connection of this teamspace first: object ids belong to its Entra tenant',
      })
    }
    const issuer = entraIssuerKey(connection.cloud, connection.tenantId)
    const members = memberRepository(edit.tx.db, edit.teamspace.id)
    const known = await members.findBySubject(issuer, person.objectId)
    if (known) return addAgain(edit, { known, person, source })
    if (await members.findByEmail(person.email)) {
      return refuse({
        code: 'conflict',
        field: 'email',
        says: 'This e-mail is already a member here with another object id; remove that member first',
      })
    }
    return insertMember(edit, { issuer, person, source })
  })
}

async function addAgain(
  { tx, teamspace, record }: TeamspaceEdit,
  { known, person, source }: { known: MemberIdentity; person: NewMember; source: IdentitySource },
): Promise<AddedMember | Refusal> {
  if (known.email !== person.email) {
    return refuse({
      code: 'conflict',
      field: 'objectId',
      says: 'This object id is already a member here with another e-mail; remove that member first',
    })
  }
  if (person.role !== undefined && person.role !== known.role) {
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
  { issuer, person, source }: { issuer: string; person: NewMember; source: IdentitySource },
): Promise<AddedMember> {
  const { email, objectId: subject, role = 'developer' } = person
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
