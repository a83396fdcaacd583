import { MAX_ACCESS_TOKEN_LENGTH } from '../bearer.ts'
import { checkTolerance } from '../jwt/times.ts'
import { TokenCache } from '../token-cache.ts'
import type { TokenVerifier } from '../token-verifier.ts'
import type { VerifiedToken } from '../verified-token.ts'
import { checkKubernetesConnection, modeOf, type KubernetesConnection } from './connection.ts'
import { PROOFS } from './proofs.ts'
import { RecentRefusals } from './recent-refusals.ts'

export interface KubernetesVerifierOptions {
  /** Fetches metadata and keys of the issuer. TokenReviews do not go through it. */
  readonly fetch?: typeof globalThis.fetch
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  /** Between the issuer's clock and ours; 60 unless told, at most 300. */
  readonly clockToleranceSeconds?: number
}

export type KubernetesVerifier = TokenVerifier<VerifiedToken<'kubernetes'>>

/**
 * Verifies tokens of one cluster's service accounts, and of its users when the connection accepts them.
 *
 * ```ts
 * const cluster = inClusterCluster(process.env)
 * const verifier = createKubernetesVerifier({ teamspaceId: 'acme', cluster, audience: 'sallyport', verify: 'auto' })
 * const outcome = await verifier.verify(accessToken)
 * if (!isDenied(outcome)) console.log(outcome.serviceAccount?.namespace)
 * ```
 */
export function createKubernetesVerifier(
  connection: KubernetesConnection,
  options: KubernetesVerifierOptions = {},
): KubernetesVerifier {
  checkKubernetesConnection(connection)
  const { now = Date.now, clockToleranceSeconds = 60 } = options
  checkTolerance(clockToleranceSeconds)
  const verified = new TokenCache<VerifiedToken<'kubernetes'>>(now)
  const refusals = new RecentRefusals(now)
  const prove = PROOFS[modeOf(connection)]({ ...options, connection, refusals, now, clockToleranceSeconds })
  return {
    // What is too long is refused by its length: it is not worth a hash.
    verify: (accessToken) =>
      accessToken.length > MAX_ACCESS_TOKEN_LENGTH
        ? prove(accessToken)
        : verified.verify(TokenCache.keyOf(accessToken), () => prove(accessToken)),
    forget() {
      verified.forget()
      refusals.forget()
    },
  }
}
