import { VerificationFault } from '@sallyport/verifier'
import type { Awaitable } from '../store/when-ready.ts'

/** A database that cannot answer is a fault, never "absent". */
export function certain<Value>(found: Awaitable<Value>): Awaitable<Value> {
  if (!(found instanceof Promise)) return found
  return found.catch((cause: unknown) => {
    throw new VerificationFault('connections_unavailable', 'connections could not be read', { cause })
  })
}
