import type { TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { identityRepository } from './identity-repository.ts'
import { toMember } from './member-repository.ts'
import type { MemberIdentity } from './member-repository.ts'
import type { IdentitySource, Member } from './member.ts'

/** Notes that members come from this source, too, with the audit rows. Those who do already are left as they are. */
export async function addSource(
  { tx, teamspace, recordAll }: TeamspaceEdit,
  members: readonly MemberIdentity[],
  source: IdentitySource,
): Promise<Member[]> {
  const missing = members.filter(({ sources }) => !sources.includes(source))
  const withSource = (member: Member): Member => ({ ...member, sources: [...member.sources, source].sort() })
  if (missing.length > 0) {
    const rows = missing.map(({ identityId }) => ({ identityId, source }))
    await identityRepository(tx.db, teamspace.id).addSources(rows)
    const edits = missing.map(toMember).map((before) => ({ before, after: withSource(before) }))
    await recordAll(edits.map((change) => ({ action: 'member.source.add', kind: 'member', ...change })))
  }
  return members.map((member) => (member.sources.includes(source) ? toMember(member) : withSource(toMember(member))))
}
