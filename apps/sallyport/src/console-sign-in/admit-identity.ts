import { accountRepository } from './account-repository.ts'
import type { ProvenIdentity } from './finish-federated.ts'
import { listMemberships } from './membership-repository.ts'
import type { FoundMembership } from './membership-repository.ts'
import type { SignInDeps } from './sign-in-deps.ts'
import { signIn } from './signed-in.ts'
import type { Browser, SignedIn, SignInRefused } from './signed-in.ts'

const NO_ACCESS: SignInRefused<'no_access'> = { notSignedIn: 'no_access' }

/** Any teamspace may call anybody as it likes, so that one alone does not decide what the others read. */
function agreedName(memberships: readonly FoundMembership[]): string | undefined {
  const [name, ...others] = new Set(memberships.map(({ member }) => member.email))
  return others.length === 0 ? name : undefined
}

/** Signs in whoever belongs to a teamspace or runs the instance. Of everybody else nothing is kept. */
export function admitIdentity(
  deps: SignInDeps,
  { issuer, subject, label }: ProvenIdentity,
  { way, browser }: { readonly way: string; readonly browser: Browser },
): Promise<SignedIn | typeof NO_ACCESS> {
  const { store, operators, now } = deps
  return store.transaction(async (tx) => {
    const memberships = await listMemberships(tx.db, issuer, subject)
    const isOperator = operators.some((operator) => operator.issuer === issuer && operator.subject === subject)
    if (memberships.length === 0 && !isOperator) return NO_ACCESS
    const email = label ?? agreedName(memberships) ?? subject
    const accountId = await accountRepository(tx.db).putFederated({ issuer, subject, email }, now())
    return signIn(tx, { accountId, email, way, action: 'console.sign_in' }, { ...deps, browser })
  })
}
