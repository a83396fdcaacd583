import { MAX_ACCESS_TOKEN_LENGTH } from './bearer.ts'
import type { Denial } from './denial.ts'
import { TokenCache, type TokenCacheOptions } from './token-cache.ts'
import type { TokenKind, VerifiedToken } from './verified-token.ts'
import type { Awaitable } from './when-ready.ts'

export interface TokenVerifier<Token extends VerifiedToken<TokenKind> = VerifiedToken<TokenKind>> {
  /**
   * Proves an access token. A refusal is a value; a fault always rejects, with a `VerificationFault`.
   * What is cached is answered without a promise: `await` takes both.
   */
  verify(accessToken: string): Token | Denial | Promise<Token | Denial>
  /** Drops the verified tokens. Call it when a connection changed, to make the change count at once. */
  forget(): void
}

/** The verifier around a proof: what was proven is remembered, and what it throws is a rejection. */
export function rememberingVerifier<Token extends VerifiedToken<TokenKind>>(
  proveToken: (accessToken: string) => Awaitable<Token | Denial>,
  now: () => number,
  options?: TokenCacheOptions,
): TokenVerifier<Token> {
  const cache = new TokenCache<Token>(now, options)
  const prove = (accessToken: string): Awaitable<Token | Denial> => {
    try {
      return proveToken(accessToken)
    } catch (error) {
      return Promise.reject(error)
    }
  }
  return {
    // What is too long is refused by its length: it is not worth a hash.
    verify: (accessToken) =>
      accessToken.length > MAX_ACCESS_TOKEN_LENGTH ? prove(accessToken) : cache.verify(accessToken, prove),
    forget: () => cache.forget(),
  }
}
