import type { EntraClouds } from '@sallyport/verifier'
import type { ServerConfig } from '../config/config.ts'
import type { KubernetesRules } from '../connections/kubernetes-record.ts'
import type { GroupSync } from '../provisioning/group-sync/create-group-sync.ts'
import type { Store } from '../store/store.ts'
import type { TokenLimits } from '../tokens/token-limits.ts'
import type { FindSignedIn } from './api/find-caller.ts'
import type { MemberDoor } from './member-auth.ts'

/** `GET /metrics`. */
export interface MetricsPage {
  /** Opens this page and nothing else; the operator's token opens it, too. */
  readonly token?: string | undefined
  read(): Promise<string>
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
  /** Who is signed in to the console; without it only tokens open the API. */
  readonly findSignedIn?: FindSignedIn
  /** How members prove themselves; without it only the operator can come in. */
  readonly members?: MemberDoor
  readonly tokenLimits?: TokenLimits
  readonly metrics?: MetricsPage
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
