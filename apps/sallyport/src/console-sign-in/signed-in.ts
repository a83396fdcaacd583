import { insertAdminEvents } from '../audit/audit-repository.ts'
import type { StoreTransaction } from '../store/store.ts'
import type { Visitor } from './session.ts'
import type { SignInDeps } from './sign-in-deps.ts'
import { startSession } from './start-session.ts'
import type { StartedSession } from './start-session.ts'

/** The browser that asks, and what its cookie held. */
export interface Browser extends Visitor {
  readonly previous: string | undefined
}

export interface SignedIn {
  readonly signedIn: StartedSession
}

/** Why nobody was signed in. `no_access`: it is known who they are, but they have no business here. */
export interface SignInRefused<Reason extends string = string> {
  readonly notSignedIn: Reason
}

interface Proven {
  readonly accountId: string
  readonly email: string
  readonly way: string
  readonly action: 'console.sign_in' | 'console.bootstrap' | 'console.password_reset'
}

/** A session, and its row in the audit trail, in the transaction that proved who it is. */
export async function signIn(
  tx: StoreTransaction,
  { accountId, email, way, action }: Proven,
  { store, rules, now, browser }: SignInDeps & { readonly browser: Browser },
): Promise<SignedIn> {
  const { previous, ...visitor } = browser
  const at = now()
  const signedIn = await startSession(tx, { accountId, way, visitor, rules, at, previous })
  const after = { accountId, way, sessionId: signedIn.id, ...(visitor.address && { address: visitor.address }) }
  await insertAdminEvents(store, tx, [{ at, actor: email, action, after }])
  return { signedIn }
}
