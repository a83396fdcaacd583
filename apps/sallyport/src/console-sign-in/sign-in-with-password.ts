import { accountRepository } from './account-repository.ts'
import type { SignInDeps } from './sign-in-deps.ts'
import { signIn } from './signed-in.ts'
import type { Browser, SignedIn, SignInRefused } from './signed-in.ts'

export interface PasswordUse {
  readonly email: string
  readonly password: string
  readonly browser: Browser
}

const WRONG: SignInRefused<'wrong'> = { notSignedIn: 'wrong' }

/** One answer and one duration for an e-mail that nobody has and a password that is wrong. */
export async function signInWithPassword(deps: SignInDeps, use: PasswordUse): Promise<SignedIn | typeof WRONG> {
  const { email, password, browser } = use
  const { store, passwords } = deps
  const account = await accountRepository(store.db).findPasswordByEmail(email)
  const { isRight, isOutdated } = await passwords.verify(password, account?.passwordHash)
  if (!account || !isRight) return WRONG
  const { passwordHash } = account
  const kept = isOutdated ? await passwords.hash(password) : passwordHash

  return store.transaction(async (tx) => {
    // The password may have been reset since it was read: then this one is wrong by now.
    if (!(await accountRepository(tx.db).replaceHash(account.id, passwordHash, kept))) return WRONG
    const proven = { accountId: account.id, email, way: 'password', action: 'console.sign_in' } as const
    return signIn(tx, proven, { ...deps, browser })
  })
}
