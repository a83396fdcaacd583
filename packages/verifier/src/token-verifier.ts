import { MAX_ACCESS_TOKEN_LENGTH } from './bearer.ts'
import { isDenied, type Denial } from './denial.ts'
import { decodeCompactJwt, type CompactJwt } from './jwt/compact-jwt.ts'
import { TokenCache, type TokenCacheOptions } from './token-cache.ts'
import type { VerifiedToken } from './verified-token.ts'
import type { Awaitable } from './when-ready.ts'

export interface TokenVerifier<Token extends VerifiedToken = VerifiedToken> {
  /**
   * Proves an access token. A refusal is a value; a fault always rejects, with a `VerificationFault`.
   * What is cached is answered without a promise: `await` takes both.
   */
  verify(accessToken: string): Token | Denial | Promise<Token | Denial>
  /** Drops the verified tokens. Call it when a connection changed, to make the change count at once. */
  forget(): void
}

/** Proves a JWT that was taken apart already. May throw what `TokenVerifier.verify` rejects with. */
export type JwtProof<Token extends VerifiedToken> = (jwt: CompactJwt) => Awaitable<Token | Denial>

/** The verifier around a proof: what was proven is remembered, and what it throws is a rejection. */
export function rememberingVerifier<Token extends VerifiedToken>(
  prove: JwtProof<Token>,
  now: () => number,
  options?: TokenCacheOptions,
): TokenVerifier<Token> {
  const cache = new TokenCache<Token>(now, options)
  const decodeAndProve = (accessToken: string): Awaitable<Token | Denial> => {
    const jwt = decodeCompactJwt(accessToken)
    return isDenied(jwt) ? jwt : neverThrowing(() => prove(jwt))
  }
  return {
    // What is too long is refused by its length: it is not worth a hash.
    verify: (accessToken) =>
      accessToken.length > MAX_ACCESS_TOKEN_LENGTH
        ? decodeAndProve(accessToken)
        : cache.verify(TokenCache.keyOf(accessToken), () => decodeAndProve(accessToken)),
    forget: () => cache.forget(),
  }
}

export function neverThrowing<Outcome>(work: () => Awaitable<Outcome>): Awaitable<Outcome> {
  try {
    return work()
  } catch (error) {
    return Promise.reject(error)
  }
}
