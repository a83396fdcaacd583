import type { Kysely } from 'kysely'
import { memberRepository } from '../members/member-repository.ts'
import type { Role } from '../members/member.ts'
import type { Database } from '../store/schema.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'

/** Who asks for something about tokens: the operator, or a member for the member's own teamspace. */
export type TokenActor =
  | { readonly kind: 'operator' }
  | {
      readonly kind: 'member'
      readonly memberId: string
      /** Servers ask people for an app role, which this one does not have. */
      readonly lacksAppRole?: boolean
    }

/** What an actor may do about the tokens of one teamspace, as of now. */
export interface TokenRights {
  /** No token may carry a higher role. */
  readonly role: Role
  /** Undefined for the operator. */
  readonly memberId: string | undefined
  /** Sees and revokes all tokens of the teamspace; else only what they hold themselves. */
  readonly managesAll: boolean
  /** A token of the teamspace is asked for no app role: whoever lacks one themselves gets none of those into their hands. */
  readonly obtainsTeamspaces: boolean
}

/** Asked in the transaction of a change: who was removed a moment ago mints nothing any more. */
export async function findRights(
  db: Kysely<Database>,
  teamspaceId: string,
  actor: TokenActor,
): Promise<TokenRights | Refusal> {
  if (actor.kind === 'operator')
    return { role: 'owner', memberId: undefined, managesAll: true, obtainsTeamspaces: true }
  const member = await memberRepository(db, teamspaceId).findById(actor.memberId)
  if (!member) return refuse({ code: 'forbidden', says: 'You are not a member of this teamspace any more' })
  const managesAll = member.role !== 'developer'
  return { role: member.role, memberId: member.id, managesAll, obtainsTeamspaces: managesAll && !actor.lacksAppRole }
}

/** To whoever may not see a token it does not exist. */
export const maySee = (rights: TokenRights, { holderMemberId }: { holderMemberId: string | null }): boolean =>
  rights.managesAll || holderMemberId === rights.memberId

export const appRoleMissing = (): Refusal =>
  refuse({
    code: 'forbidden',
    field: 'holder',
    says: 'Tokens of the teamspace open servers that ask you for an app role, and you have none',
  })

export const unknownToken = (): Refusal => refuse({ code: 'not_found', says: 'There is no such MCP token' })
