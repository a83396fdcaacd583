import { isDenied, TOKEN_TERMS } from '../denial.ts'
import type { TokenVerifier } from '../token-verifier.ts'
import type { VerifiedToken } from '../verified-token.ts'
import { toAuthInfo, type AuthInfo } from './auth-info.ts'

/** The errors of `@modelcontextprotocol/server` and its siblings (v2). */
interface ErrorsOfV2 {
  readonly OAuthError: new (code: never, message: string) => Error
  readonly OAuthErrorCode: { readonly InvalidToken: unknown; readonly InsufficientScope: unknown }
}

/** The errors of `@modelcontextprotocol/sdk/server/auth/errors.js` (v1). */
interface ErrorsOfV1 {
  readonly InvalidTokenError: new (message: string) => Error
  readonly InsufficientScopeError: new (message: string) => Error
}

export type McpSdkErrors = ErrorsOfV1 | ErrorsOfV2

/** The `OAuthTokenVerifier` of the MCP SDKs, v1 and v2. */
export interface OAuthTokenVerifier {
  verifyAccessToken(accessToken: string): Promise<AuthInfo>
}

/**
 * A verifier for `requireBearerAuth` of the MCP SDKs. It throws the SDK's own errors, which are therefore given to it. The
 * SDKs answer a fault with 500, know no `Retry-After`, and take the first of two credentials; the middleware of this package
 * does better where it can be used.
 *
 * ```ts
 * import { OAuthError, OAuthErrorCode, requireBearerAuth } from '@modelcontextprotocol/server'
 * const gate = requireBearerAuth({ verifier: oauthTokenVerifier(verifier, { OAuthError, OAuthErrorCode }) })
 * ```
 */
export function oauthTokenVerifier(
  verifier: Pick<TokenVerifier<VerifiedToken>, 'verify'>,
  errors: McpSdkErrors,
): OAuthTokenVerifier {
  return {
    async verifyAccessToken(accessToken) {
      const outcome = await verifier.verify(accessToken)
      if (!isDenied(outcome)) return toAuthInfo(outcome)
      const { says } = TOKEN_TERMS[outcome.denied.code]
      throw outcome.denied.code === 'scope_insufficient' ? insufficient(errors, says) : invalid(errors, says)
    },
  }
}

const invalid = (errors: McpSdkErrors, says: string): Error =>
  'OAuthError' in errors && 'OAuthErrorCode' in errors
    ? new errors.OAuthError(errors.OAuthErrorCode.InvalidToken as never, says)
    : new errors.InvalidTokenError(says)

const insufficient = (errors: McpSdkErrors, says: string): Error =>
  'OAuthError' in errors && 'OAuthErrorCode' in errors
    ? new errors.OAuthError(errors.OAuthErrorCode.InsufficientScope as never, says)
    : new errors.InsufficientScopeError(says)
