import { VerificationFault } from '@sallyport/verifier'

/** A database that cannot answer is a fault, never "absent". */
export function certain<Value>(found: Value | Promise<Value>): Value | Promise<Value> {
  if (!(found instanceof Promise)) return found
  return found.catch((cause: unknown) => {
    throw new VerificationFault('connections_unavailable', 'connections could not be read', { cause })
  })
}
