import { randomUUID } from 'node:crypto'
import { mintMcpToken } from '@sallyport/verifier'
import { isAbove } from '../members/member.ts'
import { editTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused, refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { HeldMcpToken, McpToken } from './mcp-token.ts'
import { mcpTokenRepository } from './mcp-token-repository.ts'
import type { NewMcpToken } from './new-mcp-token.ts'
import { toExpiry } from './token-limits.ts'
import type { TokenLimits } from './token-limits.ts'
import { appRoleMissing, findRights } from './token-rights.ts'
import type { TokenActor, TokenRights } from './token-rights.ts'

/** A token in the one moment in which it is known. */
export interface NewlyMinted {
  /** Shown once and kept nowhere. */
  readonly token: string
  readonly mcpToken: HeldMcpToken
}

export interface TokenContext {
  readonly actor: TokenActor
  readonly limits: TokenLimits
}

/** Makes a token of the teamspace, or one that its minter holds (S4-04). Developers get the second kind only. */
export function mintToken(
  editor: Editor,
  slug: string,
  input: NewMcpToken,
  { actor, limits }: TokenContext,
): Promise<NewlyMinted | Refusal> {
  return editTeamspace(editor, slug, async ({ tx, teamspace, at, record }) => {
    const rights = await findRights(tx.db, teamspace.id, actor)
    if (isRefused(rights)) return rights
    if (isAbove(input.role, rights.role)) {
      return refuse({ code: 'forbidden', field: 'role', says: 'A token cannot have a higher role than you' })
    }
    const holder = chooseHolder(input.holder, rights)
    if (isRefused(holder)) return holder
    const expiry = toExpiry(input.lifetime, at, limits)
    if (isRefused(expiry)) return expiry

    const tokens = mcpTokenRepository(tx.db, teamspace.id)
    if ((await tokens.countActive(at)) >= limits.perTeamspace) return tooMany(limits)
    const { minted, mcpToken } = newToken({
      teamspaceId: teamspace.id,
      name: input.name,
      role: input.role,
      toolScopes: input.toolScopes,
      holderMemberId: holder.memberId,
      createdBy: editor.actor,
      createdAt: at,
      expiresAt: expiry.expiresAt,
      replaces: null,
    })
    await tokens.insert(mcpToken, minted.tokenHash)
    await record({ action: 'mcp_token.mint', kind: 'mcp_token', after: mcpToken })
    return { token: minted.token, mcpToken: { ...mcpToken, holderRole: holder.memberId === null ? null : rights.role } }
  })
}

type Beginning = Omit<
  McpToken,
  'id' | 'prefix' | 'lastUsedAt' | 'revokedAt' | 'revokedBy' | 'replacedBy' | 'graceUntil'
>

export function newToken(beginning: Beginning) {
  const minted = mintMcpToken()
  const mcpToken: McpToken = {
    id: randomUUID(),
    prefix: minted.prefix,
    ...beginning,
    lastUsedAt: null,
    revokedAt: null,
    revokedBy: null,
    replacedBy: null,
    graceUntil: null,
  }
  return { minted, mcpToken }
}

/** A token of the teamspace outlives whoever minted it, so it takes somebody who answers for the teamspace. */
function chooseHolder(
  asked: NewMcpToken['holder'],
  { memberId, managesAll, obtainsTeamspaces }: TokenRights,
): { memberId: string | null } | Refusal {
  const holder = asked ?? (managesAll ? 'teamspace' : 'member')
  if (holder === 'teamspace') {
    if (obtainsTeamspaces) return { memberId: null }
    if (managesAll) return appRoleMissing()
    return refuse({ code: 'forbidden', field: 'holder', says: 'Only owners and admins mint tokens of the teamspace' })
  }
  if (memberId !== undefined) return { memberId }
  return refuse({ code: 'invalid', field: 'holder', says: 'The operator is no member, and cannot hold a token' })
}

const tooMany = ({ perTeamspace }: TokenLimits): Refusal =>
  refuse({
    code: 'conflict',
    says: `This teamspace has ${perTeamspace} active MCP tokens, as many as it may; revoke one first`,
  })
