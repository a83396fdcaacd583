/** A database that fell silent must not hold callers: they are told that it cannot be reached. */
const DEADLINE_MS = 5_000

/** The answer, or a rejection when it takes too long. */
export function inTime<Value>(answer: Promise<Value>, deadlineMs = DEADLINE_MS): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>()
  const timer = setTimeout(() => reject(new Error('the database did not answer in time')), deadlineMs)
  void answer.then(resolve, reject).finally(() => clearTimeout(timer))
  return promise
}
