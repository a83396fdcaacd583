import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import type { Store } from '../store/store.ts'
import type { HeldMcpToken } from './mcp-token.ts'
import { mcpTokenRepository } from './mcp-token-repository.ts'
import type { McpTokenPage } from './mcp-token-repository.ts'
import { findRights } from './token-rights.ts'
import type { TokenActor } from './token-rights.ts'

/** The tokens of a teamspace that the actor may see, newest first, those that ended included. */
export async function listTokens(
  { db }: Store,
  slug: string,
  page: Omit<McpTokenPage, 'holderMemberId'>,
  { actor }: { readonly actor: TokenActor },
): Promise<{ tokens: HeldMcpToken[] } | Refusal> {
  const teamspace = await teamspaceRepository(db).findBySlug(slug)
  if (!teamspace) return unknownTeamspace()
  const rights = await findRights(db, teamspace.id, actor)
  if (isRefused(rights)) return rights
  const holderMemberId = rights.managesAll ? undefined : rights.memberId
  return { tokens: await mcpTokenRepository(db, teamspace.id).list({ ...page, holderMemberId }) }
}
