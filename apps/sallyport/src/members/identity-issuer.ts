import type { VerifiedToken } from '@sallyport/verifier'
import { entraIssuerKey, kubernetesIssuerKey } from './member.ts'

/** A token of a person or a workload; an MCP token is nobody. */
export type PersonalToken = Exclude<VerifiedToken, VerifiedToken<'token'>>

/** The issuer of an identity, as members carry it. */
export function identityIssuer(token: PersonalToken): string {
  switch (token.kind) {
    case 'entra':
      return entraIssuerKey(token.cloud, token.tenantId)
    case 'kubernetes':
      return kubernetesIssuerKey(token.cluster)
    case 'oidc':
      return token.issuer
  }
}

/** Where a token's identity is looked up. */
export interface TokenIdentity {
  readonly issuer: string
  /** Of the identity in its teamspace, as one text. */
  readonly key: string
}

/** The subject comes last: it is the only part that may hold any character, so keys cannot collide. */
export const identityKey = (teamspaceId: string, issuer: string, subject: string): string =>
  `${teamspaceId}\n${issuer}\n${subject}`

/** Verified tokens are kept and presented again with every call: what is asked of each time is worked out once. */
const identities = new WeakMap<PersonalToken, TokenIdentity>()

export function identityOfToken(token: PersonalToken): TokenIdentity {
  const known = identities.get(token)
  if (known) return known
  const issuer = identityIssuer(token)
  const identity = { issuer, key: identityKey(token.teamspaceId, issuer, token.subject) }
  identities.set(token, identity)
  return identity
}
