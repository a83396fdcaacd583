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
      /** Who vouches for them, as identities have it. */
      readonly issuer?: string
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

/**
 * Who asks about MCP tokens of a teamspace. App roles are in access tokens for the API, which nobody brings to the console:
 * where servers ask people of Entra for one, nobody there is known to have it.
 */
export function tokenActorOf(
  caller: Caller,
  slug: string,
  { appRoles }: { readonly appRoles?: readonly string[] | undefined } = {},
): TokenActor {
  if (caller.kind === 'operator') return { kind: 'operator' }
  const member = memberOf(caller, slug)
  if (!member) throw new Error('a route of a teamspace let somebody else through')
  const isAsked = appRoles !== undefined && (caller.issuer?.startsWith('entra:') ?? true)
  return { kind: 'member', memberId: member.id, lacksAppRole: isAsked }
}
