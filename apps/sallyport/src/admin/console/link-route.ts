import { Hono } from 'hono'
import { z } from 'zod'
import { useLink } from '../../console-sign-in/use-link.ts'
import { email } from '../../members/new-member.ts'
import { problem } from '../problem.ts'
import { readBody } from '../read-input.ts'
import { setSession, tooMany, unlessBusy } from './answer-sign-in.ts'
import { visitOf } from './browser-of.ts'
import type { ConsoleDeps } from './console-deps.ts'

const MIN_PASSWORD = 12
export const MAX_PASSWORD = 256
const MAX_BYTES = 4096

const body = z
  .strictObject({
    secret: z.string().max(100),
    email,
    password: z
      .string()
      .max(MAX_PASSWORD, { error: `must have at most ${MAX_PASSWORD} characters` })
      .refine((text) => [...text].length >= MIN_PASSWORD, { error: `must have at least ${MIN_PASSWORD} characters` }),
  })
  .refine(({ email, password }) => password.toLowerCase() !== email, {
    path: ['password'],
    error: 'must not be the e-mail',
  })

/** What a one-time link opens: the operator's first sign-in, or another password. */
export const linkRoute = (deps: ConsoleDeps): Hono =>
  new Hono({ strict: false }).post('/', async (context) => {
    const input = await readBody(context, body, MAX_BYTES)
    if (input instanceof Response) return input
    const { browser, countedAs } = visitOf(context, deps)
    const attempt = await deps.limits.attempt({ countedAs })
    const refused = { way: 'link', address: browser.address }
    if ('retryAfterSeconds' in attempt) {
      await deps.refused.record({ ...refused, reason: 'too_many' })
      return tooMany(context, attempt)
    }
    const outcome = await unlessBusy(context, useLink(deps, { ...input, browser }))
    if (outcome instanceof Response) return outcome
    if ('notSignedIn' in outcome) {
      await deps.refused.record({ ...refused, reason: outcome.notSignedIn })
      return problem(context, 403, LINK_OVER)
    }
    attempt.succeeded()
    setSession(context, outcome, deps)
    return context.json({ next: 'done', returnTo: '/' })
  })

const LINK_OVER =
  'This link was used, is too old, or was replaced by a newer one; `sallyport console reset-link` makes another'
