import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'

/** What the operator allows. */
export interface TokenLimits {
  /** Active tokens of one teamspace. */
  readonly perTeamspace: number
  /** The longest that a token may live; for ever, unless set. */
  readonly maxDays?: number | undefined
}

export const DEFAULT_TOKEN_LIMITS: TokenLimits = { perTeamspace: 200 }

/** As `limits` of the configuration has them. */
export const toTokenLimits = ({ limits }: { limits: ConfiguredLimits }): TokenLimits => ({
  perTeamspace: limits.mcpTokens,
  maxDays: limits.mcpTokenMaxDays,
})

interface ConfiguredLimits {
  readonly mcpTokens: number
  readonly mcpTokenMaxDays?: number | undefined
}

export interface Lifetime {
  readonly expiresInSeconds?: number | null | undefined
  readonly expiresAt?: number | null | undefined
}

const DAY_MS = 24 * 60 * 60 * 1000

const refuseEnd = (says: string) => refuse({ code: 'invalid', field: 'expires_at', says })

/** When a token that is minted now ends, null for never; or why it may not live so long. */
export function toExpiry(
  lifetime: Lifetime,
  at: number,
  { maxDays }: TokenLimits,
): { expiresAt: number | null } | Refusal {
  const { expiresInSeconds } = lifetime
  const expiresAt = expiresInSeconds == null ? (lifetime.expiresAt ?? null) : at + expiresInSeconds * 1000
  if (expiresAt !== null && expiresAt <= at) return refuseEnd('The end of a token must lie in the future')
  if (maxDays !== undefined) {
    if (expiresAt === null) return refuseEnd(`Say when the token ends: here they live for at most ${maxDays} days`)
    if (expiresAt > at + maxDays * DAY_MS)
      return refuseEnd(`This end is too late: here tokens live for at most ${maxDays} days`)
  }
  return { expiresAt }
}

/** The successor lives as long as the token before was meant to, as far as that is allowed by now. */
export function sameLifetime(
  { createdAt, expiresAt }: { createdAt: number; expiresAt: number | null },
  at: number,
  { maxDays }: TokenLimits,
): Lifetime {
  const longestMs = maxDays === undefined ? Infinity : maxDays * DAY_MS
  const livesMs = Math.min(expiresAt === null ? Infinity : expiresAt - createdAt, longestMs)
  return livesMs === Infinity ? {} : { expiresAt: at + livesMs }
}
