import type { Context } from 'hono'
import { incomingOf } from '../http/incoming-of.ts'
import { retryHeaders } from '../limits/rate-denial.ts'
import type { RefusedAttempts } from '../limits/refused-attempts.ts'
import { problem } from './problem.ts'

/** The answer to an address that was refused too often, whatever it brings now. */
export function refuseGuesser(context: Context, refusedAttempts: RefusedAttempts | undefined): Response | undefined {
  const limit = refusedAttempts?.findLimit(incomingOf(context))
  if (!limit) return undefined
  for (const [name, value] of Object.entries(retryHeaders(limit))) context.header(name, value)
  return problem(context, 429, 'Too many attempts were refused; try again later')
}
