import { createHash, timingSafeEqual } from 'node:crypto'
import { bearerChallenge } from '@sallyport/verifier'
import type { MiddlewareHandler } from 'hono'
import { problem } from './problem.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Tells whether an `Authorization` header brings the operator's token, or another that opens the same. Digests are compared,
 * so time tells neither content nor length.
 */
export function operatorTokenCheck(
  operatorToken: string,
  ...others: readonly string[]
): (authorization: string | undefined) => boolean {
  const tokens = [operatorToken, ...others]
  if (tokens.some(({ length }) => length < 32)) throw new Error('the operator token must have at least 32 characters')
  const expected = tokens.map(digest)
  return (authorization = '') => {
    const presented = /^Bearer +([^\s,]+)$/i.exec(authorization)?.[1]
    return presented !== undefined && expected.some((each) => timingSafeEqual(digest(presented), each))
  }
}

/** Lets nobody else through. */
export function requireOperator(operatorToken: string, ...others: readonly string[]): MiddlewareHandler {
  const isOperator = operatorTokenCheck(operatorToken, ...others)
  return async (context, next) => {
    if (isOperator(context.req.header('authorization'))) return next()
    context.header('www-authenticate', bearerChallenge({ realm: 'admin' })) // RFC 6750 §3: one parameter at least
    return problem(context, 401, 'The operator token is needed')
  }
}
