import type { AuditQueue } from '../audit/audit-queue.ts'
import type { ConnectionLookup } from '../connections/connection-lookup.ts'
import type { SigningKeys } from '../exchange/signing-keys.ts'
import type { MemberLookup } from '../members/member-lookup.ts'
import type { Store } from '../store/store.ts'
import type { TeamspaceLookup } from '../teamspaces/teamspace-lookup.ts'
import type { Log } from '../telemetry/log.ts'
import type { McpTokenLookup } from '../tokens/mcp-token-lookup.ts'
import type { TokenUseQueue } from '../tokens/token-use-queue.ts'
import type { Readiness } from './readiness.ts'

/** What lives as long as the process, whatever configuration is in force. */
export interface SharedParts {
  readonly store: Store
  readonly teamspaces: TeamspaceLookup
  readonly connections: ConnectionLookup
  readonly members: MemberLookup
  readonly mcpTokens: McpTokenLookup
  readonly tokenUses: Pick<TokenUseQueue, 'note'>
  readonly signingKeys: SigningKeys
  readonly audit: AuditQueue
  readonly readiness: Readiness
  readonly operatorToken: string
  /** Bytes of bodies that are arriving. */
  readonly held: { bytes: number }
  readonly log: Log
  readonly fetch: typeof fetch
  /** Milliseconds since the epoch. */
  readonly now: () => number
}
