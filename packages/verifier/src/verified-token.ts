interface Proven {
  /** The teamspace whose connection vouches for the token. */
  readonly teamspaceId: string
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  /** The client that obtained the token. */
  readonly clientId?: string
  readonly scopes: readonly string[]
  readonly expiresAtSeconds: number
  /** To correlate with the identity provider's sign-in logs. */
  readonly tokenId?: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** The identity is `(cloud, tenantId, subject)`; e-mail and names are labels. */
interface EntraProven extends Proven {
  readonly kind: 'entra'
  readonly cloud: string
  readonly tenantId: string
  /** `oid`, lower case. */
  readonly subject: string
  readonly roles: readonly string[]
  readonly appOnly: boolean
}

/** The identity is `(issuer, subject)`; e-mail and names are labels. */
interface OidcProven extends Proven {
  readonly kind: 'oidc'
  /** `sub`, as it is: it compares with case. */
  readonly subject: string
}

interface VerifiedTokens {
  readonly entra: EntraProven
  readonly oidc: OidcProven
}

export type TokenKind = keyof VerifiedTokens

/**
 * What a verified access token proves. `VerifiedToken` alone is that of the Entra verifier, `VerifiedToken<'oidc'>` that of
 * the OIDC verifier; `VerifiedToken<TokenKind>` is either, told apart by `kind`.
 */
export type VerifiedToken<Kind extends TokenKind = 'entra'> = VerifiedTokens[Kind]
