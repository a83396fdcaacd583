import type { TokenKind, VerifiedToken } from '../verified-token.ts'

/** The `AuthInfo` of the MCP SDKs, v1 and v2. */
export interface AuthInfo {
  token: string
  clientId: string
  scopes: string[]
  expiresAt: number
  resource?: URL
  extra: { verified: VerifiedToken<TokenKind> }
}

/**
 * How a verified token travels through the MCP SDKs to a tool. `token` is empty: MCP forbids to pass the caller's token
 * on, and what a tool does not hold it cannot leak.
 *
 * ```ts
 * await transport.handleRequest(Object.assign(req, { auth: toAuthInfo(caller) }), res)
 * ```
 */
export function toAuthInfo(verified: VerifiedToken<TokenKind>): AuthInfo {
  const { clientId = '', scopes, expiresAtSeconds, audience } = verified
  const isUrl = /^https?:/.test(audience) && URL.canParse(audience)
  return {
    token: '',
    clientId,
    scopes: [...scopes],
    expiresAt: expiresAtSeconds,
    ...(isUrl && { resource: new URL(audience) }),
    extra: { verified },
  }
}
