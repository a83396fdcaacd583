import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { admitIdentity } from '../../console-sign-in/admit-identity.ts'
import { finishFederated } from '../../console-sign-in/finish-federated.ts'
import { openLoginState } from '../../console-sign-in/login-state.ts'
import type { LoginState } from '../../console-sign-in/login-state.ts'
import { RealmFault } from '../../console-sign-in/realm-client.ts'
import type { Realm } from '../../console-sign-in/realms.ts'
import { setSession } from './answer-sign-in.ts'
import { visitOf } from './browser-of.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { cookiesOf } from './cookies.ts'
import { refusalPage } from './refusal-page.ts'

const MAX_QUERY = 8192

/** Where identity providers send people back to. Answers pages, for a person looks at them. */
export const callbackRoute = (deps: ConsoleDeps): Hono =>
  new Hono({ strict: false }).get('/', async (context) => {
    const cookies = cookiesOf(deps.url)
    const { countedAs } = visitOf(context, deps)
    const attempt = await deps.limits.federated({ countedAs })
    if ('retryAfterSeconds' in attempt) {
      context.header('retry-after', String(attempt.retryAfterSeconds))
      return refusalPage(context, 'too_many')
    }
    const sealed = cookies.read(context.req.header('cookie'), 'login')
    const login = openLoginState(deps.store.sealer, sealed, deps.now())
    const realm = login && deps.realms.findByKey(login.issuerKey, login.clientId)
    // Whatever comes of it, this attempt is over.
    context.header('set-cookie', cookies.clear('login'), { append: true })
    if (!login || !realm) return refusalPage(context, 'state_lost')
    try {
      return await finish(context, deps, { login, realm })
    } catch (fault) {
      if (!(fault instanceof RealmFault)) throw fault
      deps.log('A sign-in to the console failed', { fault, provider: realm.name })
      return refusalPage(context, 'provider_down')
    }
  })

async function finish(
  context: Context,
  deps: ConsoleDeps,
  { login, realm }: { readonly login: LoginState; readonly realm: Realm },
): Promise<Response> {
  const { browser } = visitOf(context, deps)
  const refused = { way: realm.name, address: browser.address }
  const search = queryOf(context)
  const proven =
    search.length > MAX_QUERY
      ? ({ notSignedIn: 'answer_invalid' } as const)
      : await finishFederated(realm, { login, search }, deps.federated)
  if ('notSignedIn' in proven) {
    await deps.refused.record({ ...refused, reason: proven.notSignedIn, issuer: realm.issuerKey })
    return refusalPage(context, proven.notSignedIn)
  }
  const outcome = await admitIdentity(deps, proven, { way: realm.name, browser })
  if ('notSignedIn' in outcome) {
    const { issuer, subject, label: email } = proven
    await deps.refused.record({ ...refused, reason: outcome.notSignedIn, issuer, subject, email })
    return refusalPage(context, outcome.notSignedIn, { provider: realm.name, ...proven })
  }
  setSession(context, outcome, deps)
  return context.redirect(login.returnTo, 303)
}

/** As it came, so that nothing that is compared was written anew on the way. */
function queryOf(context: Context): string {
  const { incoming } = (context.env ?? {}) as Partial<HttpBindings>
  const url = incoming?.url ?? context.req.url
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start)
}
