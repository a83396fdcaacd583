import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { memberRepository, toMember } from './member-repository.ts'
import { refuseChange, unknownMember } from './member-rights.ts'
import type { Member } from './member.ts'
import { removedIdentityRepository } from './removed-identity-repository.ts'

export type MemberName = { readonly id: string } | { readonly email: string }

/** Removes a person from one teamspace, whatever the sources. The user and other teamspaces are left alone. */
export function removeMember(editor: Editor, slug: string, name: MemberName): Promise<Member | Refusal> {
  return editTeamspace(editor, slug, async (edit) => {
    const { tx, teamspace, at, record } = edit
    const members = memberRepository(tx.db, teamspace.id)
    const found = 'id' in name ? await members.findById(name.id) : await members.findByEmail(name.email)
    if (!found) return unknownMember()
    const refusal = await refuseChange(edit, editor, { from: found.role })
    if (refusal) return refusal

    const before = toMember(found)
    await members.delete(found.id)
    await removedIdentityRepository(tx.db, teamspace.id).add(found.issuer, found.subject, at)
    await record({ action: 'member.remove', kind: 'member', before })
    return before
  })
}
