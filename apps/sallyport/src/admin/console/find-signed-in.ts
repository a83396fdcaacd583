import type { Context } from 'hono'
import { isOperatorAccount } from '../../console-sign-in/account.ts'
import { findSession } from '../../console-sign-in/find-session.ts'
import { listMemberships } from '../../console-sign-in/membership-repository.ts'
import type { OpenSession } from '../../console-sign-in/session.ts'
import type { Caller } from '../api/caller.ts'
import type { FindSignedIn } from '../api/find-caller.ts'
import { problem } from '../problem.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { cookiesOf } from './cookies.ts'
import { comesFromConsole } from './same-origin.ts'

type Deps = Pick<ConsoleDeps, 'url' | 'store' | 'rules' | 'operators' | 'realms' | 'now'>

export interface SignedInCaller {
  readonly open: OpenSession
  readonly caller: Caller
}

/** The session that the cookie names, whatever its account may still do. */
export async function findOpenSession(
  context: Context,
  { url, store, rules, now }: Pick<ConsoleDeps, 'url' | 'store' | 'rules' | 'now'>,
): Promise<OpenSession | undefined> {
  const secret = cookiesOf(url).read(context.req.header('cookie'), 'session')
  if (secret === undefined) return undefined
  return findSession(store, secret, { rules, at: now(), isBackground: isBackground(context) })
}

/** The console says so of what its pages ask by themselves, such as every few seconds. */
const isBackground = (context: Context): boolean => context.req.header('sallyport-background') === '1'

/** Whose session the cookie names, with what they are right now; undefined when that is nothing any more. */
export async function findSignedInCaller(context: Context, deps: Deps): Promise<SignedInCaller | undefined> {
  const { store, operators, realms } = deps
  const open = await findOpenSession(context, deps)
  if (!open) return undefined
  const { account } = open
  const { id: accountId, email: name } = account
  // Nobody is vouched for any more by an identity provider that was taken out of the configuration.
  if (account.kind === 'federated' && !realms.hasIssuer(account.issuer)) return undefined
  if (account.kind === 'password' || isOperatorAccount(account, operators)) {
    return { open, caller: { kind: 'operator', name, accountId } }
  }
  const memberships = await listMemberships(store.db, account.issuer, account.subject)
  if (memberships.length === 0) return undefined
  return { open, caller: { kind: 'person', name, accountId, issuer: account.issuer, memberships } }
}

/** The admin API's callers with a cookie. */
export function createFindSignedIn(deps: Deps): FindSignedIn {
  return async (context) => {
    const found = await findSignedInCaller(context, deps)
    if (!found) return undefined
    return comesFromConsole(context, deps.url) ? found.caller : foreign(context)
  }
}

/** To whoever had a person's browser send it. */
export const foreign = (context: Context): Response =>
  problem(context, 403, 'This request does not come from a page of the console')
