import { isAbove } from '../members/member.ts'
import type { Role } from '../members/member.ts'

/** All that is known of an MCP token but the token and its hash. Times are milliseconds since the epoch. */
export interface McpToken {
  readonly id: string
  readonly teamspaceId: string
  readonly prefix: string
  readonly name: string
  readonly role: Role
  /** What it may call, in canonical form; null is everything. */
  readonly toolScopes: readonly string[] | null
  /** The member who holds it, and without whom it is worth nothing; null when the teamspace itself does. */
  readonly holderMemberId: string | null
  /** What people call whoever minted it. */
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt: number | null
  /** To the minute. */
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
  readonly revokedBy: string | null
  readonly replaces: string | null
  readonly replacedBy: string | null
  /** When a token that was replaced stops being accepted. */
  readonly graceUntil: number | null
}

/** A token with what its holder is now. */
export interface HeldMcpToken extends McpToken {
  /** Null when nobody holds it, or the holder is no member any more. */
  readonly holderRole: Role | null
}

/** The first moment at which it is not accepted, if it is not revoked before. */
export const endOf = ({ expiresAt, graceUntil }: McpToken): number =>
  Math.min(expiresAt ?? Infinity, graceUntil ?? Infinity)

/** Whether it is worth nothing for ever, whatever the time: revoked, or held by somebody who is gone. */
export const isVoid = ({ revokedAt, holderMemberId, holderRole }: HeldMcpToken): boolean =>
  revokedAt !== null || (holderMemberId !== null && holderRole === null)

export const isUsable = (token: HeldMcpToken, at: number): boolean => !isVoid(token) && at < endOf(token)

/** What it may do now: a holder who was given a lower role takes their tokens along. */
export const effectiveRole = ({ role, holderRole }: HeldMcpToken): Role =>
  holderRole !== null && isAbove(role, holderRole) ? holderRole : role
