import { isAbove } from '../members/member.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { isUsable } from './mcp-token.ts'
import type { HeldMcpToken } from './mcp-token.ts'
import { mcpTokenRepository } from './mcp-token-repository.ts'
import { newToken } from './mint-token.ts'
import type { NewlyMinted, TokenContext } from './mint-token.ts'
import type { McpTokenRotation } from './new-mcp-token.ts'
import { sameLifetime, toExpiry } from './token-limits.ts'
import { appRoleMissing, findRights, maySee, unknownToken } from './token-rights.ts'
import type { TokenRights } from './token-rights.ts'

/** A new token of the same kind; the one before is accepted for a while longer, so that clients can be changed (B-06). */
export function rotateToken(
  editor: Editor,
  slug: string,
  { id, graceSeconds, lifetime }: McpTokenRotation & { readonly id: string },
  { actor, limits }: TokenContext,
): Promise<NewlyMinted | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, at, record }) => {
    const rights = await findRights(tx.db, teamspace.id, actor)
    if (isRefused(rights)) return rights
    const tokens = mcpTokenRepository(tx.db, teamspace.id)
    const before = await tokens.findById(id)
    if (!before || !maySee(rights, before)) return unknownToken()
    const reason = whyNot(before, rights, at)
    if (reason) return reason
    const isAsked = lifetime.expiresInSeconds !== undefined || lifetime.expiresAt !== undefined
    const expiry = toExpiry(isAsked ? lifetime : sameLifetime(before, at, limits), at, limits)
    if (isRefused(expiry)) return expiry

    const { teamspaceId, name, role, toolScopes, holderMemberId, holderRole } = before
    const { minted, mcpToken } = newToken({
      teamspaceId,
      name,
      role,
      toolScopes, // kept as they are: a rotation never widens
      holderMemberId,
      createdBy: editor.actor,
      createdAt: at,
      expiresAt: expiry.expiresAt,
      replaces: id,
    })
    const graceUntil = at + graceSeconds * 1000
    await tokens.insert(mcpToken, minted.tokenHash)
    await tokens.replace(id, { id: mcpToken.id, graceUntil })
    await record({
      action: 'mcp_token.rotate',
      kind: 'mcp_token',
      before: { id, graceUntil, toolScopes },
      after: mcpToken,
    })
    return { token: minted.token, mcpToken: { ...mcpToken, holderRole } }
  })
}

function whyNot(token: HeldMcpToken, rights: TokenRights, at: number): Refusal | undefined {
  if (token.replacedBy !== null) return refuse({ code: 'conflict', says: 'This MCP token was rotated already' })
  if (!isUsable(token, at)) {
    return refuse({ code: 'conflict', says: 'This MCP token is revoked or has expired; mint a new one' })
  }
  // Whoever rotates a token has its successor in hand, and with it what it stands for.
  if (token.holderMemberId !== null && token.holderMemberId !== rights.memberId) {
    return refuse({ code: 'forbidden', says: 'Only the member who holds this MCP token can rotate it' })
  }
  if (token.holderMemberId === null && !rights.obtainsTeamspaces) return appRoleMissing()
  if (isAbove(token.role, rights.role)) {
    return refuse({ code: 'forbidden', says: 'This MCP token has a higher role than you' })
  }
  return undefined
}
