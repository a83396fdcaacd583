import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { beginFederated } from '../../console-sign-in/begin-federated.ts'
import { LOGIN_MINUTES } from '../../console-sign-in/login-state.ts'
import { RealmFault } from '../../console-sign-in/realm-client.ts'
import type { Realm } from '../../console-sign-in/realms.ts'
import { toReturnPath } from '../../console-sign-in/return-path.ts'
import { signInWithPassword } from '../../console-sign-in/sign-in-with-password.ts'
import { email } from '../../members/new-member.ts'
import { problem } from '../problem.ts'
import { readBody } from '../read-input.ts'
import { setSession, tooMany, unlessBusy } from './answer-sign-in.ts'
import { visitOf } from './browser-of.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { cookiesOf } from './cookies.ts'
import { MAX_PASSWORD } from './link-route.ts'

const MAX_BYTES = 4096

const body = z.strictObject({
  email: email.optional(),
  password: z.string().min(1).max(MAX_PASSWORD).optional(),
  /** An identity provider, chosen by name. */
  provider: z.string().max(63).optional(),
  /** Where to go afterwards, as a path of ours. */
  returnTo: z.string().max(500).optional(),
})

/** By e-mail first; then by a password, unless the e-mail's domain has an identity provider. */
export const signInRoute = (deps: ConsoleDeps): Hono =>
  new Hono({ strict: false }).post('/', async (context) => {
    const input = await readBody(context, body, MAX_BYTES)
    if (input instanceof Response) return input
    const { email, password } = input
    const returnTo = toReturnPath(input.returnTo)
    if (password !== undefined) {
      if (email === undefined) return problem(context, 400, 'An e-mail is needed, too')
      return byPassword(context, deps, { email, password, returnTo })
    }
    const { provider } = input
    const realm = provider === undefined ? email && deps.realms.findByEmail(email) : deps.realms.findByName(provider)
    if (realm) return byRealm(context, deps, { realm, email, returnTo })
    if (provider !== undefined) return problem(context, 404, 'There is no such identity provider')
    if (email === undefined) return problem(context, 400, 'An e-mail is needed, or an identity provider')
    return context.json({ next: 'password' }) // whoever has it, so that nobody learns who does
  })

interface PasswordInput {
  readonly email: string
  readonly password: string
  readonly returnTo: string
}

async function byPassword(context: Context, deps: ConsoleDeps, input: PasswordInput): Promise<Response> {
  const { email, password, returnTo } = input
  const { browser, countedAs } = visitOf(context, deps)
  const attempt = await deps.limits.attempt({ email, countedAs })
  const refused = { way: 'password', email, address: browser.address }
  if ('retryAfterSeconds' in attempt) {
    await deps.refused.record({ ...refused, reason: 'too_many' })
    return tooMany(context, attempt)
  }
  const outcome = await unlessBusy(context, signInWithPassword(deps, { email, password, browser }))
  if (outcome instanceof Response) return outcome
  if ('notSignedIn' in outcome) {
    await deps.refused.record({ ...refused, reason: outcome.notSignedIn })
    return problem(context, 403, 'The e-mail or the password is not right')
  }
  attempt.succeeded()
  setSession(context, outcome, deps)
  return context.json({ next: 'done', returnTo })
}

interface RealmInput {
  readonly realm: Realm
  readonly email: string | undefined
  readonly returnTo: string
}

async function byRealm(context: Context, deps: ConsoleDeps, { realm, email, returnTo }: RealmInput): Promise<Response> {
  const attempt = await deps.limits.federated({ countedAs: visitOf(context, deps).countedAs })
  if ('retryAfterSeconds' in attempt) return tooMany(context, attempt)
  try {
    const { location, login } = await beginFederated(realm, { email, returnTo }, deps.federated)
    context.header('set-cookie', cookiesOf(deps.url).set('login', login, LOGIN_MINUTES * 60))
    return context.json({ next: 'redirect', location })
  } catch (fault) {
    if (!(fault instanceof RealmFault)) throw fault
    deps.log('A sign-in to the console could not begin', { fault, provider: realm.name })
    return problem(context, 503, 'The identity provider cannot be reached right now')
  }
}
