import type { AuthInfo } from '@modelcontextprotocol/server'
import type { VerifiedToken } from '@sallyport/verifier'

/**
 * How a verified token travels through the SDK to a tool. The access token itself stays behind: no tool needs it, and
 * what a tool does not hold it cannot return.
 */
export function toAuthInfo(verified: VerifiedToken): AuthInfo {
  return {
    token: '',
    clientId: verified.clientId ?? '',
    scopes: [...verified.scopes],
    expiresAt: verified.expiresAtSeconds,
    extra: { verified },
  }
}

export function verifiedTokenOf(auth: AuthInfo | undefined): VerifiedToken {
  const verified = auth?.extra?.['verified']
  if (verified === undefined) throw new Error('The request was not authenticated')
  return verified as VerifiedToken
}

/** The identity is all of these together: an `oid` means nothing without its Entra tenant. */
export function ownerOf(auth: AuthInfo | undefined): string {
  const { teamspaceId, cloud, tenantId, subject } = verifiedTokenOf(auth)
  return JSON.stringify([teamspaceId, cloud, tenantId, subject])
}
