import type { StoreTransaction } from '../store/store.ts'
import { accountRepository } from './account-repository.ts'
import { hashSecret, newSecret } from './secret.ts'
import { sessionRepository } from './session-repository.ts'
import { idleMs, lifetimeMs } from './session.ts'
import type { SessionRules, Visitor } from './session.ts'

export interface StartedSession {
  readonly id: string
  /** What the cookie holds. It is nowhere else. */
  readonly secret: string
}

export interface SessionStart {
  readonly accountId: string
  readonly way: string
  readonly visitor: Visitor
  readonly rules: SessionRules
  readonly at: number
  /** What the browser's cookie held before: that session ends, so that nobody who planted it shares the new one. */
  readonly previous: string | undefined
}

/** Each sign-in makes a session of its own, under a secret that nobody knew before. */
export async function startSession({ db }: StoreTransaction, start: SessionStart): Promise<StartedSession> {
  const { accountId, way, visitor, rules, at, previous } = start
  const sessions = sessionRepository(db)
  const previousHash = previous === undefined ? undefined : hashSecret(previous)
  if (previousHash !== undefined) await sessions.deleteByHash(previousHash)
  await sessions.deleteEnded(at - lifetimeMs(rules), at - idleMs(rules))
  const secret = newSecret()
  const id = await sessions.insert({ ...visitor, accountId, way, at, secretHash: hashSecret(secret)! })
  await sessions.deleteOldest(accountId)
  await accountRepository(db).setSignedIn(accountId, at)
  return { id, secret }
}
