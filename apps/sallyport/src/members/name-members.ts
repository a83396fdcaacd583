import type { TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { memberRepository } from './member-repository.ts'
import type { Member } from './member.ts'

export interface Naming {
  readonly member: Member
  readonly displayName: string
}

/** Gives members, each once, the names that they are shown by, with the audit rows. */
export async function nameMembers({ tx, teamspace, recordAll }: TeamspaceEdit, namings: readonly Naming[]) {
  if (namings.length === 0) return
  const members = memberRepository(tx.db, teamspace.id)
  for (const { member, displayName } of namings) await members.setDisplayName(member.id, displayName)
  await recordAll(
    namings.map(({ member: before, displayName }) => {
      return { action: 'member.rename', kind: 'member', before, after: { ...before, displayName } }
    }),
  )
}
