import type { Selectable } from 'kysely'

/** A teamspace's opaque token. The token itself is kept nowhere: it is found by the SHA-256 of its text. */
export interface McpTokenTable {
  id: string
  teamspace_id: string
  token_hash: string
  /** The first 12 characters, by which people recognise it. */
  prefix: string
  name: string
  role: string
  /** JSON list of the scopes; null is everything. */
  tool_scopes: string | null
  holder_member_id: string | null
  created_by: string
  created_at: number
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
  revoked_by: string | null
  replaces: string | null
  replaced_by: string | null
  grace_until: number | null
}

export type McpTokenRow = Selectable<McpTokenTable>
