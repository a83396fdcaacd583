import type { Generated } from 'kysely'

/** A person, once for all teamspaces. The e-mail is a label, lower case. */
export interface UserTable {
  id: string
  email: string
  created_at: number
}

export interface MemberTable {
  id: string
  teamspace_id: string
  user_id: string
  role: string
  created_at: number
  display_name: string | null
  /** As it is searched for. */
  display_name_key: string | null
}

/** `(issuer, subject)` within a teamspace: the key by which a caller is recognised. */
export interface IdentityTable {
  id: string
  member_id: string
  teamspace_id: string
  issuer: string
  subject: string
  created_at: number
}

/** Someone who was removed: by hand, or by whoever provisions the teamspace. */
export interface RemovedIdentityTable {
  teamspace_id: string
  issuer: string
  subject: string
  removed_at: number
  source: Generated<string>
}

export interface IdentitySourceTable {
  identity_id: string
  source: string
}
