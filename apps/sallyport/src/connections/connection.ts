/** How the gateway's confidential client proves itself at the token endpoint. */
export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'certificate'; readonly privateKeyPem: string; readonly certificatePem: string }
  | { readonly kind: 'federated'; readonly tokenFile: string }

/** How a teamspace's people prove themselves with Microsoft Entra, and what the servers behind the gate are given. */
export interface EntraConnectionRecord {
  readonly id: string
  readonly teamspaceId: string
  readonly kind: 'entra'
  readonly cloud: string
  readonly tenantId: string
  /** `aud` of the access tokens that callers bring to the gate. */
  readonly audience: string
  readonly requiredScope: string | null
  readonly acceptedRoles: readonly string[]
  readonly allowedClients: readonly string[]
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
  readonly createdAt: number
  readonly updatedAt: number
}
