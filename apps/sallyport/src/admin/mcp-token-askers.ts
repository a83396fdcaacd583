import type { Context } from 'hono'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import type { TokenActor } from '../tokens/token-rights.ts'
import type { AdminDeps } from './admin-deps.ts'
import type { ApiCall } from './api/api-route.ts'
import { tokenActorOf } from './api/caller.ts'
import { authenticateMember } from './member-auth.ts'
import type { MemberDoor } from './member-auth.ts'
import { problem } from './problem.ts'

/** Who asks about MCP tokens, and those of which teamspace. */
export interface Asker {
  readonly editor: Editor
  readonly actor: TokenActor
  readonly slug: string
}

export type FindAsker = (context: Context) => Promise<Asker | Response>

/** Whoever may use a route, about the teamspace in its path. */
export const askerOf = (
  { editor, caller, slug }: Pick<ApiCall<unknown, unknown>, 'editor' | 'caller' | 'slug'>,
  asked: Pick<MemberDoor, 'appRoles'> = {},
): Asker => ({ editor, actor: tokenActorOf(caller, slug, asked), slug })

/** A member comes by an access token, and the teamspace is the one whose connection vouches for it. */
export const memberAsker =
  (
    { store, now, refusedAttempts }: Pick<AdminDeps, 'store' | 'now' | 'refusedAttempts'>,
    door: MemberDoor,
  ): FindAsker =>
  async (context) => {
    const authenticated = await authenticateMember(context, door, refusedAttempts)
    if (authenticated instanceof Response) return authenticated
    const { member, lacksAppRole } = authenticated
    const teamspace = await teamspaceRepository(store.db).findById(member.teamspaceId)
    if (!teamspace) return problem(context, 404, 'This teamspace was removed')
    const editor = { store, now, actor: member.email, memberId: member.id }
    return { editor, actor: { kind: 'member', memberId: member.id, lacksAppRole }, slug: teamspace.slug }
  }
