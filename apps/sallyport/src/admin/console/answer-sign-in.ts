import type { Context } from 'hono'
import { PasswordsBusy } from '../../console-sign-in/passwords.ts'
import { lifetimeMs } from '../../console-sign-in/session.ts'
import type { SignedIn } from '../../console-sign-in/signed-in.ts'
import { problem } from '../problem.ts'
import type { ConsoleDeps } from './console-deps.ts'
import { cookiesOf } from './cookies.ts'

const BUSY_SECONDS = '5'

/** The new session's cookie, in the place of whatever was there. */
export function setSession(context: Context, { signedIn }: SignedIn, { url, rules }: ConsoleDeps): void {
  const cookie = cookiesOf(url).set('session', signedIn.secret, lifetimeMs(rules) / 1000)
  context.header('set-cookie', cookie, { append: true })
}

export function tooMany(context: Context, { retryAfterSeconds }: { readonly retryAfterSeconds: number }): Response {
  context.header('retry-after', String(retryAfterSeconds))
  return problem(context, 429, 'Too many attempts; try again later')
}

/** Nobody knows whether the password is right: neither yes nor no. */
export function unlessBusy<Result>(context: Context, work: Promise<Result>): Promise<Result | Response> {
  return work.catch((fault: unknown) => {
    if (!(fault instanceof PasswordsBusy)) throw fault
    context.header('retry-after', BUSY_SECONDS)
    return problem(context, 503, 'Too many people are signing in right now; try again in a moment')
  })
}
