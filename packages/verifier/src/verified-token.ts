interface Proven {
  /** The teamspace whose connection vouches for the token. */
  readonly teamspaceId: string
  readonly issuer: string
  readonly audience: string
  readonly subject: string
  /** The client that obtained the token. */
  readonly clientId?: string
  readonly scopes: readonly string[]
  /** Seconds since the epoch; `Infinity` for a token that does not expire. */
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
  /** `sub`, or the connection's `subjectClaim`, as it is: it compares with case. */
  readonly subject: string
}

/** An opaque `mcpt_` token. It stands for a teamspace, not for a person: `subject` and `tokenId` are the id of its record. */
interface McpTokenProven extends Proven {
  readonly kind: 'token'
  readonly tokenId: string
}

/** A user of a Kubernetes cluster, as a rule a service account. The identity is `(cluster, subject)`. */
interface KubernetesProven extends Proven {
  readonly kind: 'kubernetes'
  readonly cluster: string
  /** The user name, such as `system:serviceaccount:{namespace}:{name}`. */
  readonly subject: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly serviceAccount?: { readonly namespace: string; readonly name: string }
}

interface VerifiedTokens {
  readonly entra: EntraProven
  readonly oidc: OidcProven
  readonly token: McpTokenProven
  readonly kubernetes: KubernetesProven
}

export type TokenKind = keyof VerifiedTokens

/** What a verified credential proves: of one kind, as `VerifiedToken<'entra'>`, or of any, told apart by `kind`. */
export type VerifiedToken<Kind extends TokenKind = TokenKind> = VerifiedTokens[Kind]
