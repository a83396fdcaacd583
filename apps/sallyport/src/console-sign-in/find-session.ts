import type { Store } from '../store/store.ts'
import { hashSecret } from './secret.ts'
import { sessionRepository } from './session-repository.ts'
import { endsAt } from './session.ts'
import type { OpenSession, SessionRules } from './session.ts'

/** A session that is in use is written to once a minute, not with each request. */
const SEEN_EVERY_MS = 60_000

export interface SessionUse {
  readonly rules: SessionRules
  readonly at: number
  /** Of a page by itself: it may read, but somebody who is gone is not kept signed in by it. */
  readonly isBackground: boolean
}

/** The session that this secret opens, unless it ended. That a person used it counts against the idle time. */
export async function findSession(
  { db }: Pick<Store, 'db'>,
  secret: string,
  { rules, at, isBackground }: SessionUse,
): Promise<OpenSession | undefined> {
  const secretHash = hashSecret(secret)
  if (secretHash === undefined) return undefined
  const sessions = sessionRepository(db)
  const open = await sessions.findByHash(secretHash)
  if (!open || at >= endsAt(open.session, rules)) return undefined
  if (!isBackground && at - open.session.lastSeenAt >= SEEN_EVERY_MS) await sessions.setSeen(open.session.id, at)
  return open
}
