import type { VerifiedToken } from '../verified-token.ts'

/** The `AuthInfo` of the MCP SDKs, v1 and v2. */
export interface AuthInfo {
  token: string
  clientId: string
  scopes: string[]
  expiresAt: number
  resource?: URL
  extra: { verified: VerifiedToken }
}

/** 9999-12-31: the SDKs refuse a token that has no finite end. */
const NEVER_SECONDS = 253_402_300_799

/**
 * How a verified token travels through the MCP SDKs to a tool. `token` is empty: MCP forbids to pass the caller's token
 * on, and what a tool does not hold it cannot leak.
 *
 * ```ts
 * await transport.handleRequest(Object.assign(req, { auth: toAuthInfo(caller) }), res)
 * ```
 */
export function toAuthInfo(verified: VerifiedToken): AuthInfo {
  const { clientId = '', scopes, expiresAtSeconds, audience } = verified
  const isUrl = /^https?:/.test(audience) && URL.canParse(audience)
  return {
    token: '',
    clientId,
    scopes: [...scopes],
    expiresAt: Math.min(expiresAtSeconds, NEVER_SECONDS),
    ...(isUrl && { resource: new URL(audience) }),
    extra: { verified },
  }
}
