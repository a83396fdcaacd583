import { hash, randomBytes } from 'node:crypto'
import type { ScimConnectionKind } from './membership.ts'

/** All that is known of a SCIM token but the token and its hash. Times are milliseconds since the epoch. */
export interface ScimToken {
  readonly id: string
  readonly teamspaceId: string
  readonly prefix: string
  readonly name: string
  readonly connectionKind: ScimConnectionKind
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt: number | null
  /** To the minute. */
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
  readonly revokedBy: string | null
}

const SHAPE = /^scim_[A-Za-z0-9_-]{43}$/
const SHOWN_CHARACTERS = 12

/** 32 random bytes: nothing to guess, so the hash needs no salt. `token` is shown once and kept nowhere. */
export function mintScimToken() {
  const token = `scim_${randomBytes(32).toString('base64url')}`
  return { token, tokenHash: hashScimToken(token), prefix: token.slice(0, SHOWN_CHARACTERS) }
}

export const hashScimToken = (token: string): string => hash('sha256', token, 'hex')

/** Nothing else is looked up. */
export const isScimToken = (text: string): boolean => SHAPE.test(text)

export const isUsable = ({ revokedAt, expiresAt }: ScimToken, at: number): boolean =>
  revokedAt === null && (expiresAt === null || at < expiresAt)
