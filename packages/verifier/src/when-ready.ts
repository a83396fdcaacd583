export type Awaitable<Value> = Value | Promise<Value>

/** `then` that stays synchronous when the value is already here: a warm verification allocates no promise. */
export const whenReady = <Value, Result>(
  value: Awaitable<Value>,
  next: (value: Value) => Awaitable<Result>,
): Awaitable<Result> => (value instanceof Promise ? value.then(next) : next(value))
