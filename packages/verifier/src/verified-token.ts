/** What a verified access token proves. The identity is `(cloud, tenantId, subject)`; e-mail and names are labels. */
export interface VerifiedToken {
  readonly kind: 'entra'
  readonly teamspaceId: string
  readonly cloud: string
  readonly tenantId: string
  readonly issuer: string
  readonly audience: string
  /** `oid`, lower case. */
  readonly subject: string
  /** `azp`: the client that obtained the token. */
  readonly clientId?: string
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  readonly appOnly: boolean
  readonly expiresAtSeconds: number
  /** `uti`, to correlate with the identity provider's sign-in logs. */
  readonly tokenId?: string
  readonly claims: Readonly<Record<string, unknown>>
}
