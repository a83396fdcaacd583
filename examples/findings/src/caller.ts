import type { AuthInfo } from '@modelcontextprotocol/server'
import type { TokenKind, VerifiedToken } from '@sallyport/verifier'

/** The identity is all of these together: an `oid` means nothing without its Entra tenant, a `sub` without its issuer. */
export function ownerOf(auth: AuthInfo | undefined): string {
  const verified = auth?.extra?.['verified'] as VerifiedToken<TokenKind> | undefined
  if (verified === undefined) throw new Error('The request was not authenticated')
  const { kind, teamspaceId, subject } = verified
  return JSON.stringify([kind, teamspaceId, ...authorityOf(verified), subject])
}

const authorityOf = (verified: VerifiedToken<TokenKind>) =>
  verified.kind === 'entra' ? [verified.cloud, verified.tenantId] : [verified.issuer]
