import type { Editor, TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { memberRepository } from './member-repository.ts'
import type { Owner } from './member-repository.ts'
import { isAbove } from './member.ts'
import type { Role } from './member.ts'

export const unknownMember = (): Refusal =>
  refuse({ code: 'not_found', says: 'There is no such member in this teamspace' })

/** The role that somebody has, where they are there already, and the one that they are to have, where they are to stay. */
export interface RoleChange {
  readonly from?: Role | undefined
  readonly to?: Role | undefined
}

type Acting = Pick<Editor, 'memberId'>

/**
 * What a member may not do to the members of the own teamspace, by the role that the member has now: nobody gives a role
 * above their own or changes who has one, and the last owner stays. The operator and provisioning are no members.
 */
export async function refuseChange(
  { tx, teamspace }: TeamspaceEdit,
  { memberId }: Acting,
  { from, to }: RoleChange,
): Promise<Refusal | undefined> {
  if (memberId === undefined) return undefined
  const members = memberRepository(tx.db, teamspace.id)
  const own = (await members.findById(memberId))?.role
  if (own === undefined) return notAnyMore()
  if (from !== undefined && isAbove(from, own)) return above(`Only an ${from} can change an ${from}`)
  if (to !== undefined && isAbove(to, own)) return above('Nobody can give a role above their own', 'role')
  if (from !== 'owner' || to === 'owner') return undefined
  return (await members.listOwners()).length > 1 ? undefined : lastOwner()
}

/** The same for the removal of all whose identities end, as `ends` says of each. */
export async function refuseOwnersRemoval(
  { tx, teamspace }: TeamspaceEdit,
  { memberId }: Acting,
  ends: (identity: Owner['identities'][number]) => boolean,
): Promise<Refusal | undefined> {
  if (memberId === undefined) return undefined
  const members = memberRepository(tx.db, teamspace.id)
  const own = (await members.findById(memberId))?.role
  if (own === undefined) return notAnyMore()
  const owners = await members.listOwners()
  const leaving = owners.filter(({ identities }) => identities.every(ends))
  if (leaving.length === 0) return undefined
  if (own !== 'owner') return above('This would remove an owner, which only an owner can')
  return leaving.length < owners.length ? undefined : lastOwner()
}

const notAnyMore = (): Refusal => refuse({ code: 'forbidden', says: 'You are not a member of this teamspace any more' })

const above = (says: string, field?: string): Refusal =>
  refuse({ code: 'forbidden', says, ...(field !== undefined && { field }) })

const lastOwner = (): Refusal =>
  refuse({
    code: 'conflict',
    says: 'This would leave the teamspace without an owner; make somebody else one first, or ask who runs this Sallyport',
  })
