import { z } from 'zod'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { displayName } from './display-name.ts'
import { memberRepository, toMember } from './member-repository.ts'
import { refuseChange, unknownMember } from './member-rights.ts'
import { ROLES } from './member.ts'
import type { Member } from './member.ts'

/** E-mail and identity stay: whoever has another is somebody else. What is left out stays, too. */
export const memberChange = z
  .strictObject({ role: z.enum(ROLES).optional(), displayName: displayName.nullable().optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), { error: 'nothing is to be changed' })

export type MemberChange = z.output<typeof memberChange>

/** Gives a member another role, which counts from their next call on, or another name. What they have already changes nothing. */
export function changeMember(
  editor: Editor,
  slug: string,
  { id, role, displayName }: MemberChange & { readonly id: string },
): Promise<Member | Refusal> {
  return editTeamspace(editor, slug, async (edit) => {
    const { tx, teamspace, record } = edit
    const members = memberRepository(tx.db, teamspace.id)
    const found = await members.findById(id)
    if (!found) return unknownMember()
    const refusal = await refuseChange(edit, editor, { from: found.role, to: role ?? found.role })
    if (refusal) return refusal

    const before = toMember(found)
    const after = { ...before, role: role ?? before.role, ...(displayName !== undefined && { displayName }) }
    if (after.role === before.role && after.displayName === before.displayName) return before
    await members.setRole(id, after.role)
    await members.setDisplayName(id, after.displayName)
    await record({ action: 'member.change', kind: 'member', before, after })
    return after
  })
}
