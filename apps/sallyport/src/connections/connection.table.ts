import type { Selectable } from 'kysely'

export interface ConnectionTable {
  id: string
  teamspace_id: string
  kind: string
  /** Entra only. */
  cloud: string | null
  /** Entra only. */
  tenant_id: string | null
  audience: string
  required_scope: string | null
  /** JSON of everything that no query asks for. */
  settings: string
  /** The gateway client's credential, sealed with the row's identity. */
  sealed_credential: string | null
  created_at: number
  updated_at: number
}

export type ConnectionRow = Selectable<ConnectionTable>

/** Who owns an audience. The primary key, `(issuer, audience)`, keeps two teamspaces from claiming the same one. */
export interface ConnectionAudienceTable {
  /** OIDC: the issuer. Kubernetes: `kubernetes:{cluster}`. Empty for Entra, whose audiences are unique by themselves. */
  issuer: string
  audience: string
  connection_id: string
  /** `gate`: callers bring tokens for it. `server`: the servers behind are given tokens for it. */
  use: 'gate' | 'server'
}

/** What the last test of a connection as it is saved showed. */
export interface ConnectionTestTable {
  connection_id: string
  /** `updated_at` of the connection that was tested: of any other it says nothing. */
  tested_version: number
  at: number
  /** Who asked for it, as the audit trail names them. */
  by: string
  /** Of `result`, for whoever looks at many. */
  outcome: string
  /** JSON of what was answered. Nothing secret is in there. */
  result: string
}
