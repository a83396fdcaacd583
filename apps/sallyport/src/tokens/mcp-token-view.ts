import { endOf, isUsable } from './mcp-token.ts'
import type { HeldMcpToken } from './mcp-token.ts'

const SOON_MS = 7 * 24 * 60 * 60 * 1000

/** A token as the API shows it: neither itself nor its hash. Times are RFC 3339. */
export interface McpTokenView {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly role: string
  /** What it may call; null is everything. */
  readonly tool_scopes: readonly string[] | null
  readonly holder: 'teamspace' | 'member'
  readonly holder_member_id: string | null
  readonly created_by: string
  readonly created_at: string
  readonly expires_at: string | null
  readonly expires_soon: boolean
  readonly last_used_at: string | null
  readonly revoked: boolean
  readonly revoked_at: string | null
  readonly revoked_by: string | null
  readonly replaces: string | null
  readonly replaced_by: string | null
  /** Until when a token that was rotated is accepted still. */
  readonly grace_until: string | null
  /** Whether it is accepted now. */
  readonly usable: boolean
}

export function toMcpTokenView(token: HeldMcpToken, at: number): McpTokenView {
  const usable = isUsable(token, at)
  return {
    id: token.id,
    name: token.name,
    prefix: token.prefix,
    role: token.role,
    tool_scopes: token.toolScopes,
    holder: token.holderMemberId === null ? 'teamspace' : 'member',
    holder_member_id: token.holderMemberId,
    created_by: token.createdBy,
    created_at: toTime(token.createdAt),
    expires_at: toTimeOrNull(token.expiresAt),
    expires_soon: usable && endOf(token) <= at + SOON_MS,
    last_used_at: toTimeOrNull(token.lastUsedAt),
    revoked: token.revokedAt !== null,
    revoked_at: toTimeOrNull(token.revokedAt),
    revoked_by: token.revokedBy,
    replaces: token.replaces,
    replaced_by: token.replacedBy,
    grace_until: toTimeOrNull(token.graceUntil),
    usable,
  }
}

const toTime = (at: number): string => new Date(at).toISOString()
const toTimeOrNull = (at: number | null): string | null => (at === null ? null : toTime(at))
