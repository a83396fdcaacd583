import { Hono } from 'hono'
import { accountRepository } from '../../console-sign-in/account-repository.ts'
import { endsAt, lastsUntil } from '../../console-sign-in/session.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { findSignedInCaller } from './find-signed-in.ts'
import type { SignedInCaller } from './find-signed-in.ts'

/** Who is signed in, and how one could be. */
export const sessionRoute = (deps: ConsoleDeps): Hono =>
  new Hono({ strict: false }).get('/', async (context) => {
    const found = await findSignedInCaller(context, deps)
    const hasOperator = (await accountRepository(deps.store.db).findPassword()) !== undefined
    // Where identity providers are, their people sign in, whether there is an operator yet or not.
    const needsBootstrap = !hasOperator && deps.realms.isEmpty
    const ways = { password: hasOperator, identityProviders: deps.realms.choices }
    return context.json({ signedIn: found ? toView(found, deps) : null, ways, needsBootstrap })
  })

function toView({ open, caller }: SignedInCaller, { rules }: ConsoleDeps) {
  const { account, session } = open
  return {
    account: { id: account.id, email: account.email, isOperator: caller.kind === 'operator' },
    teamspaces:
      caller.kind === 'person'
        ? caller.memberships.map(({ teamspace: { slug, name }, member }) => ({ slug, name, role: member.role }))
        : [],
    session: {
      id: session.id,
      way: session.way,
      createdAt: session.createdAt,
      endsAt: endsAt(session, rules),
      lastsUntil: lastsUntil(session, rules),
    },
  }
}
