import { connectionRepository } from '../connections/connection-repository.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { identityOf } from './identity-of.ts'
import type { NewIdentity } from './identity-of.ts'
import { identityRepository } from './identity-repository.ts'
import { insertMember } from './insert-member.ts'
import { memberRepository, toMember } from './member-repository.ts'
import type { MemberIdentity } from './member-repository.ts'
import type { IdentitySource, Member, Role } from './member.ts'
import type { NewMember } from './new-member.ts'
import { removedIdentityRepository } from './removed-identity-repository.ts'

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
    const { email, issuer, subject } = identity
    // Whoever adds somebody that was removed takes the removal back.
    await removedIdentityRepository(tx.db, teamspace.id).delete(issuer, subject)
    const member = await insertMember(edit, { email, issuer, subject, role: person.role ?? 'developer', source })
    return { created: true, member }
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
