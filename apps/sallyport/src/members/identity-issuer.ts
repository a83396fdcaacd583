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
