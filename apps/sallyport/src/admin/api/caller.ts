import type { Context } from 'hono'
import { isAbove } from '../../members/member.ts'
import type { Member, Role } from '../../members/member.ts'
import type { Teamspace } from '../../teamspaces/teamspace.ts'
import type { TokenActor } from '../../tokens/token-rights.ts'

/** What a person is in one teamspace, as of this request. */
export interface Membership {
  readonly teamspace: Teamspace
  readonly member: Pick<Member, 'id' | 'role' | 'email'>
}

/** Who asks the admin API for something. */
export type Caller =
  /** Of the whole instance: by its token, or signed in to the console. */
  | { readonly kind: 'operator'; readonly name: string; readonly accountId?: string }
  /** Somebody who is signed in to the console, with the teamspaces that they belong to now. */
  | {
      readonly kind: 'person'
      readonly name: string
      readonly accountId: string
      readonly memberships: readonly Membership[]
    }

/** Finds out who asks, or answers whoever has shown nothing, or nothing that counts (401). */
export type FindCaller = (context: Context) => Promise<Caller | Response>

/** Who is more may do what the lesser ones may. */
export const isAtLeast = (role: Role, least: Role): boolean => !isAbove(least, role)

export const membershipOf = (caller: Caller, slug: string): Membership | undefined =>
  caller.kind === 'person' ? caller.memberships.find(({ teamspace }) => teamspace.slug === slug) : undefined

/** The member that the caller is in this teamspace; undefined for the operator, and for who is none. */
export const memberOf = (caller: Caller, slug: string): Membership['member'] | undefined =>
  membershipOf(caller, slug)?.member

/** Who asks about MCP tokens of a teamspace. */
export function tokenActorOf(caller: Caller, slug: string): TokenActor {
  const member = memberOf(caller, slug)
  return member ? { kind: 'member', memberId: member.id } : { kind: 'operator' }
}
