/** What is cached is here at once; what has to be asked for comes later. */
export type Awaitable<Value> = Value | Promise<Value>

/**
 * `then` that stays synchronous when the value is here already, so that a call whose answers are cached makes no promise.
 * Where `next` would have to be made for each call, asking by hand is cheaper still.
 */
export const whenReady = <Value, Result>(value: Awaitable<Value>, next: (value: Value) => Result): Awaitable<Result> =>
  value instanceof Promise ? value.then(next) : next(value)
