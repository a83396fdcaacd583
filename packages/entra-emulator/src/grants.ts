import { randomBytes } from 'node:crypto'
import { ExpiringMap } from './expiring-map.ts'
import type { Platform } from './seed.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
export const CODE_LIFETIME_MS = 10 * MINUTE_MS
export const REFRESH_LIFETIME_MS = 90 * DAY_MS
export const SPA_REFRESH_LIFETIME_MS = DAY_MS
/** Spent and expired grants are remembered this long, to answer with the code that says what became of them. */
const MEMORY_MS = 400 * DAY_MS

/** How somebody signed in, and what the client asked to be told of it. */
export interface SignIn {
  readonly userId: string
  readonly authTimeMs: number
  /** Satisfied authentication contexts (`acrs`). */
  readonly authContexts: readonly string[]
  /** `xms_cc` the client declared. */
  readonly clientCapabilities: readonly string[]
}

interface Grant extends SignIn {
  readonly tenantId: string
  readonly clientId: string
  readonly platform: Platform
  readonly scope: string
  readonly issuedAtMs: number
  readonly epoch: number
}
export interface AuthorizationCode extends Grant {
  readonly redirectUri: string
  readonly nonce?: string
  readonly challenge?: { readonly method: 'S256' | 'plain'; readonly value: string }
  redeemed: boolean
}
export interface RefreshToken extends Grant {
  /** When the chain began: a single-page app's 24 hours are not extended by refreshing. */
  readonly startedAtMs: number
}
export interface Session extends SignIn {
  readonly tenantId: string
  readonly epoch: number
}

/** What the store itself fills in. */
type New<T> = Omit<T, 'epoch' | 'redeemed' | 'issuedAtMs'>

export interface GrantStore {
  readonly codes: ExpiringMap<AuthorizationCode>
  readonly refreshTokens: ExpiringMap<RefreshToken>
  readonly sessions: ExpiringMap<Session>
  /** `jti` of client assertions seen. */
  readonly assertionIds: ExpiringMap<true>
  readonly failures: ExpiringMap<{ count: number }>
  addCode(code: New<AuthorizationCode>): string
  addRefreshToken(token: New<RefreshToken>): string
  addSession(session: New<Session>): string
  /** Everything issued to the user until now stops working. */
  revoke(tenantId: string, userId: string): void
  isRevoked(grant: { tenantId: string; userId: string; epoch: number }): boolean
}

/** Entra's codes and refresh tokens begin with `1.` or `0.`; nobody may rely on more. */
const opaque = (): string => `1.${randomBytes(48).toString('base64url')}`

export function createGrantStore(now: () => number): GrantStore {
  const codes = new ExpiringMap<AuthorizationCode>(now)
  const refreshTokens = new ExpiringMap<RefreshToken>(now)
  const sessions = new ExpiringMap<Session>(now)
  // Counted, not timed: a test's clock may stand still.
  const epochs = new Map<string, number>()
  const epochOf = ({ tenantId, userId }: { tenantId: string; userId: string }): number =>
    epochs.get(`${tenantId} ${userId}`) ?? 0
  const remember = <V>(map: ExpiringMap<V>, value: V, ttlMs: number): string => {
    const handle = opaque()
    map.set(handle, value, ttlMs)
    return handle
  }
  return {
    codes,
    refreshTokens,
    sessions,
    assertionIds: new ExpiringMap(now),
    failures: new ExpiringMap(now),
    addCode: (code) =>
      remember(codes, { ...code, epoch: epochOf(code), issuedAtMs: now(), redeemed: false }, MEMORY_MS),
    addRefreshToken: (token) =>
      remember(refreshTokens, { ...token, epoch: epochOf(token), issuedAtMs: now() }, MEMORY_MS),
    addSession: (session) => remember(sessions, { ...session, epoch: epochOf(session) }, DAY_MS),
    revoke: (tenantId, userId) => void epochs.set(`${tenantId} ${userId}`, epochOf({ tenantId, userId }) + 1),
    isRevoked: (grant) => grant.epoch !== epochOf(grant),
  }
}
