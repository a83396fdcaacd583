import { createHash, timingSafeEqual } from 'node:crypto'
import { bearerChallenge } from '@sallyport/verifier'
import type { Context, MiddlewareHandler } from 'hono'
import { incomingOf } from '../http/incoming-of.ts'
import type { RefusedAttempts } from '../limits/refused-attempts.ts'
import { problem } from './problem.ts'
import { refuseGuesser } from './refuse-guesser.ts'

export interface OperatorDoor {
  /** At least 32 characters. */
  readonly operatorToken: string
  /** Shuts out addresses that guess at it; without it nobody is counted. */
  readonly refusedAttempts?: RefusedAttempts | undefined
}

/** The answer to whoever is not the operator by the `Authorization` header of the request. */
export type RefuseOthers = (context: Context, says: string) => Response | undefined

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * Whether the operator's token was brought, or another that opens the same. Digests are compared, so time tells neither
 * content nor length. A wrong one counts against its address; nothing shown does not.
 */
export function createOperatorDoor(
  { operatorToken, refusedAttempts }: OperatorDoor,
  ...others: readonly string[]
): RefuseOthers {
  const tokens = [operatorToken, ...others]
  if (tokens.some(({ length }) => length < 32)) throw new Error('the operator token must have at least 32 characters')
  const expected = tokens.map(digest)
  const isRight = (authorization: string) => {
    const presented = /^Bearer +([^\s,]+)$/i.exec(authorization)?.[1]
    return presented !== undefined && expected.some((each) => timingSafeEqual(digest(presented), each))
  }
  return (context, says) => {
    const authorization = context.req.header('authorization')
    if (authorization === undefined) return unauthorized(context, says)
    const tooMany = refuseGuesser(context, refusedAttempts)
    if (tooMany) return tooMany
    if (isRight(authorization)) return undefined
    refusedAttempts?.count(incomingOf(context))
    return unauthorized(context, says)
  }
}

/** Lets nobody else through. */
export function requireOperator(door: OperatorDoor, ...others: readonly string[]): MiddlewareHandler {
  const refuseOthers = createOperatorDoor(door, ...others)
  return async (context, next) => refuseOthers(context, 'The operator token is needed') ?? next()
}

export function unauthorized(context: Context, says: string): Response {
  context.header('www-authenticate', bearerChallenge({ realm: 'admin' })) // RFC 6750 §3: one parameter at least
  return problem(context, 401, says)
}
