import type { Role } from '../../api/roles.ts'

export type ConnectionKind = 'entra' | 'oidc' | 'kubernetes'

export interface JustInTime {
  readonly role: Exclude<Role, 'owner'>
  readonly claim: string | null
  readonly values: readonly string[]
}

interface Base {
  readonly audience: string
  readonly requiredScope: string | null
  readonly jit?: JustInTime
  readonly updatedAt: number
  readonly lastTest?: LastTest
}

export type CredentialKind = 'secret' | 'certificate' | 'federated'

export interface EntraConnection extends Base {
  readonly kind: 'entra'
  readonly cloud: string
  readonly tenantId: string
  readonly acceptedRoles: readonly string[]
  readonly allowedClients: readonly string[]
  readonly groups?: GroupSource
  readonly onBehalfOf?: {
    readonly clientId: string
    readonly scope: string
    /** Which kind is kept; never the credential itself. */
    readonly credential: { readonly kind: CredentialKind; readonly tokenFile?: string }
  }
  readonly server?: { readonly audience: string; readonly requiredScope: string | null }
  readonly facade: { readonly redirectUris: readonly string[]; readonly clientAuth: 'none' | 'inject' }
}

export type GroupSource = 'token' | 'graph' | 'token-then-graph'

export interface OidcConnection extends Base {
  readonly kind: 'oidc'
  readonly issuer: string
  readonly provider?: string
  readonly allowedClients: readonly string[]
  readonly subjectClaim?: string
  readonly groupsClaim?: string
  readonly keysUrl?: string
}

export type VerifyMode = 'auto' | 'oidc' | 'tokenreview' | 'both'

export interface KubernetesConnection extends Base {
  readonly kind: 'kubernetes'
  readonly cluster: string
  readonly verify: VerifyMode
  readonly issuer?: string
  readonly acceptUsers: boolean
}

export type Connection = EntraConnection | OidcConnection | KubernetesConnection
export type ConnectionOf<Kind extends ConnectionKind> = Extract<Connection, { kind: Kind }>

/** What asking whoever vouches for people showed. */
export type ConnectionTest =
  | {
      readonly outcome: 'ok'
      readonly issuer?: string
      readonly keyCount?: number
      readonly algorithms?: readonly string[]
      readonly advice?: readonly string[]
      /** What does not work, though nothing here needs it yet. */
      readonly warnings?: readonly string[]
      readonly cluster?: string
      readonly asked?: readonly ('oidc' | 'tokenreview')[]
    }
  | {
      readonly outcome: 'unknown_tenant' | 'no_usable_keys' | 'unreachable' | 'groups_unavailable'
      readonly says: string
    }
  | { readonly outcome: 'issuer_mismatch'; readonly expected: string; readonly presented: string }

/** Of the connection as it was saved. */
export interface LastTest {
  readonly at: number
  readonly by: string
  /** Whether it was changed since. */
  readonly isStale: boolean
  readonly result: ConnectionTest
}
