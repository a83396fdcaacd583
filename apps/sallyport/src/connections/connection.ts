import type { KubernetesConnection, OidcProvider } from '@sallyport/verifier'
import { entraIssuerKey, kubernetesIssuerKey } from '../members/member.ts'
import type { Role } from '../members/member.ts'

/** How the gateway's confidential client proves itself at the token endpoint. */
export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'certificate'; readonly privateKeyPem: string; readonly certificatePem: string }
  | { readonly kind: 'federated'; readonly tokenFile: string }

/** What every connection says, whatever its kind. */
interface ConnectionRecordBase {
  readonly id: string
  readonly teamspaceId: string
  /** `aud` of the access tokens that callers bring to the gate. */
  readonly audience: string
  readonly requiredScope: string | null
  /** Whom the gate makes a member when they first call; nobody, unless set. */
  readonly jit?: JustInTime
  readonly createdAt: number
  readonly updatedAt: number
}

/** Just-in-time membership: by a claim that was verified, or of everybody whom the connection accepts. */
export interface JustInTime {
  readonly role: Role
  /** A member is made of whoever has one of these values in the claim; `null` asks for no claim. */
  readonly claim: string | null
  readonly values: readonly string[]
}

/** Where the groups of Entra's people are read: in their tokens, at Microsoft Graph, or there where the token does not say. */
export const ENTRA_GROUP_SOURCES = ['token', 'graph', 'token-then-graph'] as const
export type EntraGroupSource = (typeof ENTRA_GROUP_SOURCES)[number]

/** How a teamspace's people prove themselves with Microsoft Entra, and what the servers behind the gate are given. */
export interface EntraConnectionRecord extends ConnectionRecordBase {
  readonly kind: 'entra'
  readonly cloud: string
  readonly tenantId: string
  readonly acceptedRoles: readonly string[]
  readonly allowedClients: readonly string[]
  /** `token-then-graph`, unless set. */
  readonly groups?: EntraGroupSource
  /** The inner door by On-Behalf-Of; absent where servers need no exchanged token. */
  readonly onBehalfOf?: {
    /** Confidential client; Entra demands that it is the audience of the assertion. */
    readonly clientId: string
    readonly credential: ClientCredential
    /** Downstream scope, such as `api://{api}/.default`. */
    readonly scope: string
  }
  /** What the server behind sees, when it differs from `audience`: the API of the On-Behalf-Of token. */
  readonly server?: { readonly audience: string; readonly requiredScope: string | null }
  readonly facade: {
    /** Redirect URIs of MCP clients that may use this teamspace's sign-in. Loopback ports float. */
    readonly redirectUris: readonly string[]
    /** `inject`: the facade adds the gateway client's secret on `/token` (Web-platform redirects). */
    readonly clientAuth: 'none' | 'inject'
  }
}

/** Sign-in with any other OpenID Connect issuer. */
export interface OidcConnectionRecord extends ConnectionRecordBase {
  readonly kind: 'oidc'
  /** Exactly as tokens spell it. */
  readonly issuer: string
  readonly provider?: OidcProvider
  readonly allowedClients: readonly string[]
  /** The claim that identifies a person for good, where it is not `sub`. */
  readonly subjectClaim?: string
  /** The claim that names a person's groups, where it is not `groups`. */
  readonly groupsClaim?: string
  readonly keysUrl?: string
}

/** Workloads of a Kubernetes cluster, by their service account. */
export interface KubernetesConnectionRecord extends ConnectionRecordBase {
  readonly kind: 'kubernetes'
  /** One of `clusters` in sallyport.yaml. */
  readonly cluster: string
  readonly verify: KubernetesConnection['verify']
  /** The cluster's token issuer, for `oidc` and `both`. */
  readonly issuer?: string
  readonly acceptUsers: boolean
}

export type ConnectionRecord = EntraConnectionRecord | OidcConnectionRecord | KubernetesConnectionRecord
export type ConnectionKind = ConnectionRecord['kind']

/** Issuer of the identities that a connection vouches for. */
export function issuerKeyOf(connection: ConnectionRecord): string {
  switch (connection.kind) {
    case 'entra':
      return entraIssuerKey(connection.cloud, connection.tenantId)
    case 'oidc':
      return connection.issuer
    case 'kubernetes':
      return kubernetesIssuerKey(connection.cluster)
  }
}
