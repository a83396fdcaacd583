import type { Store } from '../store/store.ts'
import type { OperatorIdentity } from './account.ts'
import type { Passwords } from './passwords.ts'
import type { SessionRules } from './session.ts'

/** What every way to sign in needs. */
export interface SignInDeps {
  readonly store: Store
  readonly rules: SessionRules
  readonly operators: readonly OperatorIdentity[]
  readonly passwords: Passwords
  readonly now: () => number
}
