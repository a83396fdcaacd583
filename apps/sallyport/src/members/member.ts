/** From the one that may do most to the one that may do least. */
export const ROLES = ['owner', 'admin', 'developer'] as const
export type Role = (typeof ROLES)[number]

export const isAbove = (role: Role, other: Role): boolean => ROLES.indexOf(role) < ROLES.indexOf(other)

/** Where an identity came from. One identity may have several; only its own source may revoke a source. */
export type IdentitySource = 'manual' | 'csv' | 'scim' | 'group_sync' | 'jit'

/** A person in one teamspace. The e-mail is a label; `(issuer, subject)` is the identity. */
export interface Member {
  readonly id: string
  readonly teamspaceId: string
  readonly userId: string
  readonly email: string
  /** A label for people, and nothing else: anybody's may be anything, and no decision reads it. */
  readonly displayName: string | null
  readonly role: Role
  /** See `entraIssuerKey` and `kubernetesIssuerKey`; of any other issuer its own address. */
  readonly issuer: string
  /** Entra: `oid`, lower case. OIDC: `sub`. Kubernetes: the user name. */
  readonly subject: string
  readonly sources: readonly IdentitySource[]
  readonly createdAt: number
}

/** Issuer of the identities of an Entra tenant, not by address: the cloud's may change, the directory does not. */
export const entraIssuerKey = (cloud: string, tenantId: string): string => `entra:${cloud}:${tenantId}`

export const kubernetesIssuerKey = (cluster: string): string => `kubernetes:${cluster}`
