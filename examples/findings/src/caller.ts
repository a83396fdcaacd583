import type { AuthInfo } from '@modelcontextprotocol/server'
import type { VerifiedToken } from '@sallyport/verifier'

/** The identity is all of these together: an `oid` means nothing without its Entra tenant, a `sub` without its issuer. */
export function ownerOf(auth: AuthInfo | undefined): string {
  const verified = auth?.extra?.['verified'] as VerifiedToken | undefined
  if (verified === undefined) throw new Error('The request was not authenticated')
  const { kind, teamspaceId, subject } = verified
  return JSON.stringify([kind, teamspaceId, ...authorityOf(verified), subject])
}

/** Who says so: without it a subject names nobody. */
function authorityOf(verified: VerifiedToken): readonly string[] {
  switch (verified.kind) {
    case 'entra':
      return [verified.cloud, verified.tenantId]
    case 'kubernetes':
      return [verified.cluster]
    case 'oidc':
    case 'token':
      return [verified.issuer]
  }
}
