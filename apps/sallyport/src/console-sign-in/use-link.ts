import { accountRepository } from './account-repository.ts'
import { isLinkOpen, takeLink } from './console-link.ts'
import { sessionRepository } from './session-repository.ts'
import type { SignInDeps } from './sign-in-deps.ts'
import { signIn } from './signed-in.ts'
import type { Browser, SignedIn, SignInRefused } from './signed-in.ts'

export interface LinkUse {
  readonly secret: string
  readonly email: string
  readonly password: string
  readonly browser: Browser
}

const LINK_OVER: SignInRefused<'link_over'> = { notSignedIn: 'link_over' }

/** Makes the operator, or gives them another password, and signs in. A link does so once. */
export async function useLink(deps: SignInDeps, use: LinkUse): Promise<SignedIn | typeof LINK_OVER> {
  const { secret, email, password, browser } = use
  const { store, passwords, now } = deps
  if (!(await isLinkOpen(store, secret, now()))) return LINK_OVER
  const passwordHash = await passwords.hash(password)

  return store.transaction(async (tx) => {
    const link = await takeLink(tx, secret, now())
    if (!link) return LINK_OVER
    const accounts = accountRepository(tx.db)
    const proven = { email, way: 'link' }
    if (link.accountId !== null) {
      await accounts.setPassword(link.accountId, email, passwordHash)
      await sessionRepository(tx.db).deleteAll(link.accountId) // whoever knew the old password may be signed in
      const reset = { ...proven, accountId: link.accountId, action: 'console.password_reset' } as const
      return signIn(tx, reset, { ...deps, browser })
    }
    if (await accounts.findPassword()) return LINK_OVER
    const accountId = await accounts.insertPassword(email, passwordHash, now())
    return signIn(tx, { ...proven, accountId, action: 'console.bootstrap' }, { ...deps, browser })
  })
}
