import { createHash, timingSafeEqual } from 'node:crypto'
import { bearerChallenge } from '@sallyport/verifier'
import type { MiddlewareHandler } from 'hono'
import { problem } from './problem.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Lets through who brings the operator's token. Digests are compared, so time tells neither content nor length. */
export function requireOperator(operatorToken: string): MiddlewareHandler {
  if (operatorToken.length < 32) throw new Error('the operator token must have at least 32 characters')
  const expected = digest(operatorToken)
  return async (context, next) => {
    const presented = /^Bearer +([^\s,]+)$/i.exec(context.req.header('authorization') ?? '')?.[1]
    if (presented === undefined || !timingSafeEqual(digest(presented), expected)) {
      context.header('www-authenticate', bearerChallenge({ realm: 'admin' })) // RFC 6750 §3: one parameter at least
      return problem(context, 401, 'The operator token is needed')
    }
    return next()
  }
}
