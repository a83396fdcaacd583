import type { EntraClouds } from '@sallyport/verifier'
import type { ServerConfig } from '../config/config.ts'
import type { KubernetesRules } from '../connections/kubernetes-record.ts'
import type { CallStatistics } from '../statistics/call-statistics.ts'
import type { RefusedAttempts } from '../limits/refused-attempts.ts'
import type { GroupSync } from '../provisioning/group-sync/create-group-sync.ts'
import type { HeldBodies } from '../provisioning/scim/held-bodies.ts'
import type { Store } from '../store/store.ts'
import type { ServerHealth } from '../telemetry/server-health.ts'
import type { TokenLimits } from '../tokens/token-limits.ts'
import type { ConsoleDeps } from './console/console-deps.ts'
import type { FindSignedIn } from './api/find-caller.ts'
import type { MemberDoor } from './member-auth.ts'

/** `GET /metrics`. */
export interface MetricsPage {
  /** Opens this page and nothing else; the operator's token opens it, too. */
  readonly token?: string | undefined
  read(): Promise<string>
}

/** What a gate in this process knows of its calls. */
export interface CallsHere {
  readonly statistics: Pick<CallStatistics, 'flush'>
  openStreams(teamspaceId?: string): number
  healthOf(server: string): ServerHealth
}

export interface AdminDeps {
  readonly store: Store
  /** As they are configured; the API shows them and changes none. */
  readonly servers: readonly ServerConfig[]
  /** All clouds that a connection may name, Microsoft's included. */
  readonly clouds: EntraClouds
  /** Without it, one of the API's own that runs nothing by itself. */
  readonly groupSync?: GroupSync
  /** Clusters that a connection may name; none, unless given. */
  readonly kubernetes?: KubernetesRules
  /** Opens `/api/v1`; at least 32 characters. */
  readonly operatorToken: string
  /** Who is signed in; by the sessions of `console`, unless given. */
  readonly findSignedIn?: FindSignedIn
  /** Sign-in to the console; without it only tokens open the API. */
  readonly console?: ConsoleDeps | undefined
  /** Origin of the console, whoever serves it. */
  readonly consoleUrl?: string | undefined
  /** How members prove themselves; without it only the operator can come in. */
  readonly members?: MemberDoor
  readonly tokenLimits?: TokenLimits
  /** Shuts out addresses that guess at tokens; without it nobody is counted. */
  readonly refusedAttempts?: RefusedAttempts
  /** Bounds what SCIM's bodies take of the memory; a usual amount, unless given. */
  readonly heldBodies?: HeldBodies
  readonly metrics?: MetricsPage
  /** Without it overviews show what is in the database. */
  readonly calls?: CallsHere
  /** Asks Microsoft Entra. */
  readonly fetch: typeof fetch
  /** Asks issuers that teamspaces name. Reaches public addresses only, unless given. */
  readonly issuerFetch?: typeof fetch
  /** Our own address: tokens that we issued are no proof of somebody else's. */
  readonly publicUrl?: string
  /** Audience of OIDC connections that name none: the address of the default server (D-12). */
  readonly resource?: string
  /** Resolves when the calls that have ended are in the audit trail; for a gate in this process. */
  readonly flushAudit?: () => Promise<void>
  readonly now: () => number
  readonly log: (message: string, fields?: object) => void
}
