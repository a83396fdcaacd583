/** A secret by which an identity provider provisions one teamspace. It is found by the SHA-256 of its text. */
export interface ScimTokenTable {
  id: string
  teamspace_id: string
  token_hash: string
  prefix: string
  name: string
  /** Whose people `externalId` names: those of the teamspace's connection of this kind. */
  connection_kind: string
  created_by: string
  created_at: number
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
  revoked_by: string | null
}

/** A User (RFC 7643 §4.1) as the identity provider described it. */
export interface ScimUserTable {
  id: string
  teamspace_id: string
  /** `userName` compares without case. */
  user_name_key: string
  /** Compares with case. */
  external_id: string | null
  connection_kind: string
  /** The identity that has the source `scim` because of this user. */
  identity_id: string | null
  member_status: string
  /** JSON of the attributes, canonical. */
  document: string
  /** The same, as filters compare it. */
  search: string
  version: number
  created_at: number
  modified_at: number
}

/** A Group (RFC 7643 §4.2); its members are rows of their own. */
export interface ScimGroupTable {
  id: string
  teamspace_id: string
  display_name_key: string
  external_id: string | null
  document: string
  search: string
  version: number
  created_at: number
  modified_at: number
}

export interface ScimGroupMemberTable {
  group_id: string
  user_id: string
}
