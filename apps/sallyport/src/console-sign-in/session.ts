import type { Account } from './account.ts'

/** How long a session lasts, whatever happens, and without being used. */
export interface SessionRules {
  readonly sessionHours: number
  readonly idleMinutes: number
}

/** A browser that is signed in. */
export interface Session {
  readonly id: string
  readonly createdAt: number
  readonly lastSeenAt: number
  /** `password`, `link`, or the name of an identity provider. */
  readonly way: string
  readonly address: string | null
  readonly agent: string | null
}

export interface OpenSession {
  readonly session: Session
  readonly account: Account
}

/** What a browser says of itself, and where it is; shown to the account's owner, and never a proof. */
export interface Visitor {
  readonly address: string | undefined
  readonly agent: string | undefined
}

export const lifetimeMs = ({ sessionHours }: SessionRules): number => sessionHours * 3_600_000
export const idleMs = ({ idleMinutes }: SessionRules): number => idleMinutes * 60_000

/** Whatever happens. By the rules of now: shorter ones count at once for whoever is signed in. */
export const lastsUntil = ({ createdAt }: Session, rules: SessionRules): number => createdAt + lifetimeMs(rules)

/** Unless it is used before. */
export const endsAt = (session: Session, rules: SessionRules): number =>
  Math.min(lastsUntil(session, rules), session.lastSeenAt + idleMs(rules))
