import { AsyncLocalStorage } from 'node:async_hooks'
import type { VerifiedToken } from '../verified-token.ts'

/** Who a call is: what its credential proves, or the owner of a process that talks over stdio. */
export type Principal =
  | VerifiedToken
  | {
      readonly kind: 'stdio'
      readonly teamspaceId: string
      readonly subject: string
      readonly scopes: readonly string[]
    }

const scope = new AsyncLocalStorage<Principal>()

/**
 * Runs `work` as this principal: everything that it awaits, and every timer that it starts, finds the same principal.
 * Only `run` is ever used: `enterWith` would leave a principal behind for the next request on a kept-alive connection.
 *
 * ```ts
 * await withPrincipal(caller, () => answer(req, res))
 * ```
 */
export function withPrincipal<Result>(principal: Principal, work: () => Result): Result {
  if (typeof principal?.teamspaceId !== 'string' || principal.teamspaceId === '') {
    throw new TypeError('A principal has a teamspaceId')
  }
  return scope.run(principal, work)
}

/**
 * The principal of the call that this code runs for. Outside a call it throws: there is no default teamspace.
 *
 * ```ts
 * const { teamspaceId } = currentPrincipal()
 * ```
 */
export function currentPrincipal(): Principal {
  const principal = scope.getStore()
  if (principal === undefined) {
    throw new Error('No principal: this code runs outside withPrincipal(), or in a callback that is not bound')
  }
  return principal
}

/**
 * Binds a callback to the principal of now. Emitters call a listener, and pools a callback, in the scope of whoever made
 * them act, which may be another call: what they are given has to be bound.
 *
 * ```ts
 * pool.query(text, bindPrincipal((error, rows) => done(currentPrincipal(), rows)))
 * ```
 */
export function bindPrincipal<This, Parameters extends unknown[], Result>(
  callback: (this: This, ...parameters: Parameters) => Result,
): (this: This, ...parameters: Parameters) => Result {
  const principal = currentPrincipal()
  return function (...parameters) {
    return scope.run(principal, () => callback.apply(this, parameters))
  }
}

/**
 * Binds an async iterable to the principal of now. A generator runs in the scope of whoever pulls from it, so one that is
 * handed on, as the body of an answer is, would otherwise run as nobody or as somebody else.
 *
 * ```ts
 * return Readable.from(bindIterable(rows()))
 * ```
 */
export function bindIterable<Item>(iterable: AsyncIterable<Item>): AsyncIterableIterator<Item> {
  const iterator = bindPrincipal(() => iterable[Symbol.asyncIterator]())()
  const bound: AsyncIterableIterator<Item> = {
    next: bindPrincipal(() => iterator.next()),
    [Symbol.asyncIterator]: () => bound,
  }
  if (iterator.return) bound.return = bindPrincipal((value?: unknown) => iterator.return!(value))
  if (iterator.throw) bound.throw = bindPrincipal((error?: unknown) => iterator.throw!(error))
  return bound
}
