import type { AuthInfo } from '@modelcontextprotocol/server'
import type { VerifiedToken } from '@sallyport/verifier'

/**
 * How a verified token travels through the SDK to a tool. The access token itself stays behind: no tool needs it, and
 * what a tool does not hold it cannot return.
 */
export function toAuthInfo(verified: VerifiedToken<'entra'>): AuthInfo {
  return {
    token: '',
    clientId: verified.clientId ?? '',
    scopes: [...verified.scopes],
    expiresAt: verified.expiresAtSeconds,
    extra: { verified },
  }
}

export function verifiedTokenOf(auth: AuthInfo | undefined): VerifiedToken<'entra'> {
  const verified = auth?.extra?.['verified']
  if (verified === undefined) throw new Error('The request was not authenticated')
  return verified as VerifiedToken<'entra'>
}

/** The identity is all of these together: an `oid` means nothing without its Entra tenant. */
export function ownerOf(auth: AuthInfo | undefined): string {
  const { teamspaceId, cloud, tenantId, subject } = verifiedTokenOf(auth)
  return JSON.stringify([teamspaceId, cloud, tenantId, subject])
}
