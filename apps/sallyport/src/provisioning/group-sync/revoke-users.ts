import { memberRepository, toMember } from '../../members/member-repository.ts'
import type { MemberIdentity } from '../../members/member-repository.ts'
import type { IdentitySource } from '../../members/member.ts'
import type { Edit, TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import type { SyncFailure } from './group-sync.ts'
import { SOURCE, syncedRepository } from './synced-repository.ts'
import type { SyncedIdentity } from './synced-repository.ts'
import { editInTurn } from './turn.ts'
import type { Turn } from './turn.ts'

export interface Revoked {
  /** Have lost access. */
  readonly revoked: number
  /** Are members by another source. */
  readonly kept: number
}

/** Takes back what group sync gave a few hundred people, and nothing that anybody else did (S2E-06, S2E-09). */
export const revokeUsers = (turn: Turn, people: readonly SyncedIdentity[]): Promise<Revoked | SyncFailure> =>
  editInTurn(turn, (edit) => takeSourceAway(edit, turn.issuer, people))

export async function takeSourceAway(
  edit: TeamspaceEdit,
  issuer: string,
  people: readonly SyncedIdentity[],
): Promise<Revoked> {
  const { tx, teamspace, recordAll } = edit
  const subjects = people.map(({ subject }) => subject)
  const found = await memberRepository(tx.db, teamspace.id).listBySubjects(issuer, subjects)
  const synced = found.filter(({ sources }) => sources.includes(SOURCE)) // others may have been here meanwhile
  const ending = synced.filter(({ sources }) => sources.length === 1)
  const staying = synced.filter(({ sources }) => sources.length > 1)
  const repository = syncedRepository(tx.db, teamspace.id, issuer)
  if (staying.length > 0) await repository.removeSource(staying.map(({ identityId }) => identityId))
  if (ending.length > 0) await repository.delete(ending)
  await recordAll([...ending.map(toRemoval), ...staying.map(toSourceRemoval)])
  return { revoked: ending.length, kept: staying.length }
}

const toRemoval = (member: MemberIdentity): Edit => ({
  action: 'member.remove',
  kind: 'member',
  before: toMember(member),
})

function toSourceRemoval(member: MemberIdentity): Edit {
  const before = toMember(member)
  const sources = before.sources.filter((source: IdentitySource) => source !== SOURCE)
  return { action: 'member.source.remove', kind: 'member', before, after: { ...before, sources } }
}
