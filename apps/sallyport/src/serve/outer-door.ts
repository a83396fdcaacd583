import { createVerifier } from '@sallyport/verifier'
import type { EntraClouds, KubernetesDoor, Verifier } from '@sallyport/verifier'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import type { McpTokenLookup } from '../tokens/mcp-token-lookup.ts'
import type { TokenUseQueue } from '../tokens/token-use-queue.ts'
import { certain } from './certain.ts'

export interface OuterDoorParts {
  readonly connections: ConnectionLookup
  readonly mcpTokens: McpTokenLookup
  readonly tokenUses: Pick<TokenUseQueue, 'note'>
  readonly clouds: EntraClouds
  readonly kubernetes: KubernetesDoor
  /** Asks Microsoft Entra. */
  readonly fetch: typeof fetch
  /** Asks issuers that teamspaces name. */
  readonly issuerFetch: typeof fetch
  readonly now: () => number
  readonly clockToleranceSeconds: number
  readonly cacheUses: CacheUses
}

/** The one verifier of the gate, over the connections in the database: which kinds count is each server's own. */
export function createOuterVerifier({
  connections,
  mcpTokens,
  tokenUses,
  clouds,
  kubernetes,
  fetch,
  issuerFetch,
  now,
  clockToleranceSeconds,
  cacheUses,
}: OuterDoorParts): Verifier {
  return createVerifier({
    now,
    kubernetes,
    tokenCache: { uses: cacheUses },
    entra: {
      fetch,
      clockToleranceSeconds,
      clouds,
      connections: { find: (...address) => certain(connections.findEntra(...address)) },
    },
    oidc: {
      fetch: issuerFetch,
      clockToleranceSeconds,
      // A record is a connection of the verifier's; what else it has does not concern the verifier.
      connections: { find: (issuer) => certain(connections.findOidc(issuer)) },
    },
    tokens: {
      tokens: { find: (tokenHash) => mcpTokens.findByHash(tokenHash) },
      onUse: ({ id }) => tokenUses.note(id),
    },
  })
}
