import { z } from 'zod'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { memberRepository, toMember } from './member-repository.ts'
import { refuseChange, unknownMember } from './member-rights.ts'
import { ROLES } from './member.ts'
import type { Member } from './member.ts'

/** E-mail and identity stay: whoever has another is somebody else. */
export const memberChange = z.strictObject({ role: z.enum(ROLES) })

export type MemberChange = z.output<typeof memberChange>

/** Gives a member another role, which counts from their next call on. The one that they have already changes nothing. */
export function changeMember(
  editor: Editor,
  slug: string,
  { id, role }: MemberChange & { readonly id: string },
): Promise<Member | Refusal> {
  return editTeamspace(editor, slug, async (edit) => {
    const { tx, teamspace, record } = edit
    const members = memberRepository(tx.db, teamspace.id)
    const found = await members.findById(id)
    if (!found) return unknownMember()
    const refusal = await refuseChange(edit, editor, { from: found.role, to: role })
    if (refusal) return refusal

    const before = toMember(found)
    if (before.role === role) return before
    const after = { ...before, role }
    await members.setRole(id, role)
    await record({ action: 'member.change', kind: 'member', before, after })
    return after
  })
}
