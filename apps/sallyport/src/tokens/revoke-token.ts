import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { McpToken } from './mcp-token.ts'
import { mcpTokenRepository } from './mcp-token-repository.ts'
import { findRights, maySee, unknownToken } from './token-rights.ts'
import type { TokenActor } from './token-rights.ts'

/** Ends a token at once and for ever; its row stays (S4-06). Doing it again changes nothing. */
export function revokeToken(
  editor: Editor,
  slug: string,
  id: string,
  { actor }: { readonly actor: TokenActor },
): Promise<McpToken | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, at, record }) => {
    const rights = await findRights(tx.db, teamspace.id, actor)
    if (isRefused(rights)) return rights
    const tokens = mcpTokenRepository(tx.db, teamspace.id)
    const found = await tokens.findById(id)
    if (!found || !maySee(rights, found)) return unknownToken()
    const { holderRole: _, ...before } = found
    if (before.revokedAt !== null) return before

    await tokens.revoke(id, { at, actor: editor.actor })
    const after = { ...before, revokedAt: at, revokedBy: editor.actor }
    await record({ action: 'mcp_token.revoke', kind: 'mcp_token', before, after })
    return after
  })
}
