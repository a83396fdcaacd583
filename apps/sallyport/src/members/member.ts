export const ROLES = ['owner', 'admin', 'developer'] as const
export type Role = (typeof ROLES)[number]

/** Where an identity came from. One identity may have several; only its own source may revoke a source. */
export type IdentitySource = 'manual' | 'csv' | 'scim' | 'group_sync' | 'jit'

/** A person in one teamspace. The e-mail is a label; `(issuer, subject)` is the identity. */
export interface Member {
  readonly id: string
  readonly teamspaceId: string
  readonly userId: string
  readonly email: string
  readonly role: Role
  /** `entra:{cloud}:{tid}` for Entra: the cloud's address may change, the directory does not. */
  readonly issuer: string
  /** Entra: `oid`, lower case. */
  readonly subject: string
  readonly sources: readonly IdentitySource[]
  readonly createdAt: number
}

/** Issuer of the identities of an Entra tenant; `VerifiedToken` of that cloud and tenant maps to it. */
export const entraIssuerKey = (cloud: string, tenantId: string): string => `entra:${cloud}:${tenantId}`
