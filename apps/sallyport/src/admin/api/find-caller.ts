import { bearerChallenge } from '@sallyport/verifier'
import type { Context } from 'hono'
import { operatorTokenCheck } from '../operator-auth.ts'
import { problem } from '../problem.ts'
import type { Caller, FindCaller } from './caller.ts'

/** Who is signed in to the console, by the cookie of the session; undefined without one that counts. */
export type FindSignedIn = (context: Context) => Promise<Caller | Response | undefined>

/**
 * The operator by the instance's token, or whoever is signed in. A request that brings an `Authorization` header is judged by
 * that alone: a wrong token is not made good by a cookie beside it.
 */
export function createFindCaller(operatorToken: string, findSignedIn?: FindSignedIn): FindCaller {
  const isOperator = operatorTokenCheck(operatorToken)
  return async (context) => {
    const authorization = context.req.header('authorization')
    if (authorization !== undefined) return isOperator(authorization) ? OPERATOR : unauthorized(context)
    return (await findSignedIn?.(context)) ?? unauthorized(context)
  }
}

const OPERATOR: Caller = { kind: 'operator', name: 'operator' }

function unauthorized(context: Context): Response {
  context.header('www-authenticate', bearerChallenge({ realm: 'admin' })) // RFC 6750 §3: one parameter at least
  return problem(context, 401, 'The operator token is needed, or a sign-in to the console')
}
