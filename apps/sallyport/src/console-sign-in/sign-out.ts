import { insertAdminEvents } from '../audit/audit-repository.ts'
import type { Store } from '../store/store.ts'
import { sessionRepository } from './session-repository.ts'
import type { OpenSession } from './session.ts'

interface SignOut {
  readonly store: Store
  readonly now: () => number
  /** Which session ends; all of the account, unless given. */
  readonly sessionId?: string | undefined
}

/** Ends sessions of the account that the open one belongs to. Answers how many there were. */
export function signOut({ account }: OpenSession, { store, now, sessionId }: SignOut): Promise<number> {
  return store.transaction(async (tx) => {
    const sessions = sessionRepository(tx.db)
    const ended =
      sessionId === undefined
        ? await sessions.deleteAll(account.id)
        : Number(await sessions.delete(account.id, sessionId))
    if (ended === 0) return 0
    const action = sessionId === undefined ? 'console.sign_out_everywhere' : 'console.sign_out'
    const after = { accountId: account.id, ...(sessionId !== undefined && { sessionId }) }
    await insertAdminEvents(store, tx, [{ at: now(), actor: account.email, action, after }])
    return ended
  })
}
