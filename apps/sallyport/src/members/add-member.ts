import { connectionRepository } from '../connections/connection-repository.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { addSource } from './add-source.ts'
import { compareMember } from './compare-member.ts'
import { newNameBy } from './display-name.ts'
import { identityOf } from './identity-of.ts'
import { insertMember } from './insert-member.ts'
import { memberRepository } from './member-repository.ts'
import { refuseChange } from './member-rights.ts'
import type { IdentitySource, Member } from './member.ts'
import { nameMembers } from './name-members.ts'
import type { NewMember } from './new-member.ts'
import { removedIdentityRepository } from './removed-identity-repository.ts'

export interface AddedMember {
  /** False when the same person was a member already. */
  readonly created: boolean
  readonly member: Member
}

/**
 * Makes a person or a workload that a connection of the teamspace vouches for a member (S2D-04). Adding the same one
 * again only adds the source, and a name where there is none; an e-mail or a subject that belongs to somebody else here is a conflict, never a merge
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
    const refusal = await refuseChange(edit, editor, { to: person.role })
    if (refusal) return refusal
    const identity = await identityOf(person, connectionRepository(tx.db, editor.store.sealer, teamspace.id))
    if (isRefused(identity)) return identity
    const { email, issuer, subject } = identity
    const members = memberRepository(tx.db, teamspace.id)
    const bySubject = await members.findBySubject(issuer, subject)
    const byEmail = bySubject ?? (await members.findByEmail(email))
    const compared = compareMember({ identity, role: person.role, bySubject, byEmail })
    if (isRefused(compared)) return compared
    if (compared.known) {
      const [known] = await addSource(edit, [compared.known], source)
      const displayName = newNameBy(source, compared.known, person.displayName)
      if (displayName === undefined) return { created: false, member: known! }
      await nameMembers(edit, [{ member: known!, displayName }])
      return { created: false, member: { ...known!, displayName } }
    }
    // Whoever adds somebody that was removed takes the removal back.
    await removedIdentityRepository(tx.db, teamspace.id).delete(issuer, [subject])
    const { displayName, role = 'developer' } = person
    const member = await insertMember(edit, { email, displayName, issuer, subject, role, source })
    return { created: true, member }
  })
}
