import { createVerifier, VerificationFault } from '@sallyport/verifier'
import type { EntraClouds, OidcConnection, Verifier } from '@sallyport/verifier'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import type { OidcConnectionRecord } from '../connections/connection.ts'

export interface OuterDoorParts {
  readonly connections: ConnectionLookup
  readonly clouds: EntraClouds
  /** Asks Microsoft Entra. */
  readonly fetch: typeof fetch
  /** Asks issuers that teamspaces name. */
  readonly issuerFetch: typeof fetch
  readonly now: () => number
  readonly clockToleranceSeconds: number
}

/** The one verifier of the gate, over the connections in the database: which kinds count is each server's own. */
export function createOuterVerifier({
  connections,
  clouds,
  fetch,
  issuerFetch,
  now,
  clockToleranceSeconds,
}: OuterDoorParts): Verifier {
  return createVerifier({
    now,
    entra: {
      fetch,
      clockToleranceSeconds,
      clouds,
      connections: { find: (...address) => certain(connections.findEntra(...address)) },
    },
    oidc: {
      fetch: issuerFetch,
      clockToleranceSeconds,
      connections: { find: (issuer) => toOidcConnections(certain(connections.findOidc(issuer))) },
    },
  })
}

/** A database that cannot answer is a fault, never "absent". */
function certain<Value>(found: Value | Promise<Value>): Value | Promise<Value> {
  if (!(found instanceof Promise)) return found
  return found.catch((cause: unknown) => {
    throw new VerificationFault('connections_unavailable', 'connections could not be read', { cause })
  })
}

type Records = readonly OidcConnectionRecord[]

const toOidcConnections = (
  found: Records | Promise<Records>,
): readonly OidcConnection[] | Promise<readonly OidcConnection[]> =>
  found instanceof Promise ? found.then((records) => records.map(toOidcConnection)) : found.map(toOidcConnection)

/** The record's own members are those of the verifier's connection; what else it has does not concern it. */
const toOidcConnection = (record: OidcConnectionRecord): OidcConnection => record
