import type { Context } from 'hono'
import { createOperatorDoor, unauthorized } from '../operator-auth.ts'
import type { OperatorDoor } from '../operator-auth.ts'
import type { Caller, FindCaller } from './caller.ts'

/** Who is signed in to the console, by the cookie of the session; undefined without one that counts. */
export type FindSignedIn = (context: Context) => Promise<Caller | Response | undefined>

/**
 * The operator by the instance's token, or whoever is signed in. A request that brings an `Authorization` header is judged by
 * that alone: a wrong token is not made good by a cookie beside it.
 */
export function createFindCaller(door: OperatorDoor, findSignedIn?: FindSignedIn): FindCaller {
  const refuseOthers = createOperatorDoor(door)
  return async (context) => {
    if (context.req.header('authorization') !== undefined) return refuseOthers(context, NEEDED) ?? OPERATOR
    return (await findSignedIn?.(context)) ?? unauthorized(context, NEEDED)
  }
}

const OPERATOR: Caller = { kind: 'operator', name: 'operator' }

const NEEDED = 'The operator token is needed, or a sign-in to the console'
