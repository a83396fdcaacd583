import { createHash, timingSafeEqual } from 'node:crypto'
import { bearerChallenge } from '@sallyport/verifier'
import type { MiddlewareHandler } from 'hono'
import { problem } from './problem.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Lets through who brings the operator's token, or another that opens the same. Digests are compared, so time tells
 * neither content nor length.
 */
export function requireOperator(operatorToken: string, ...others: readonly string[]): MiddlewareHandler {
  const tokens = [operatorToken, ...others]
  if (tokens.some(({ length }) => length < 32)) throw new Error('the operator token must have at least 32 characters')
  const expected = tokens.map(digest)
  return async (context, next) => {
    const presented = /^Bearer +([^\s,]+)$/i.exec(context.req.header('authorization') ?? '')?.[1]
    const isOne = (bytes: Buffer): boolean => expected.some((each) => timingSafeEqual(bytes, each))
    if (presented === undefined || !isOne(digest(presented))) {
      context.header('www-authenticate', bearerChallenge({ realm: 'admin' })) // RFC 6750 §3: one parameter at least
      return problem(context, 401, 'The operator token is needed')
    }
    return next()
  }
}
