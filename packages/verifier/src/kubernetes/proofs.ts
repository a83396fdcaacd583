import { denyClaim, isDenied, type Denial } from '../denial.ts'
import { decodeCompactJwt } from '../jwt/compact-jwt.ts'
import type { JsonObject } from '../jwt/strict-json.ts'
import { providerNameOf } from '../oidc/providers.ts'
import { createOidcProof } from '../oidc/verifier.ts'
import type { VerifiedToken } from '../verified-token.ts'
import { userOfClaims, type ClusterUser } from './cluster-user.ts'
import type { KubernetesConnection, VerifyMode } from './connection.ts'
import { preCheck } from './pre-check.ts'
import type { RecentRefusals } from './recent-refusals.ts'
import { createTokenReview } from './token-review.ts'

export type Proof = (accessToken: string) => Promise<VerifiedToken<'kubernetes'> | Denial>

/** Nobody knows how long an opaque token lasts: until it is asked about again. */
const OPAQUE_SECONDS = 60

interface Context {
  readonly connection: KubernetesConnection
  readonly refusals: RecentRefusals
  readonly fetch?: typeof globalThis.fetch
  readonly now: () => number
  readonly clockToleranceSeconds: number
}

/** A mode that cannot tell rejects. Nothing here asks another instead. */
export const PROOFS: Readonly<Record<VerifyMode, (context: Context) => Proof>> = {
  oidc: proveByOidc,
  tokenreview: proveByReview,
  both(context) {
    const { connection } = context
    const [byOidc, review] = [proveByOidc(context), reviewOf(context)]
    return async (accessToken) => {
      const proven = await byOidc(accessToken)
      if (isDenied(proven)) return proven
      const user = await review(accessToken)
      if (isDenied(user)) return user
      if (user.subject !== proven.subject) return denyClaim('sub', proven.subject, user.subject)
      return toVerifiedToken(connection, user, proven)
    }
  },
}

function proveByReview(context: Context): Proof {
  const { connection, now, clockToleranceSeconds: toleranceSeconds } = context
  const review = reviewOf(context)
  return async (accessToken) => {
    const checked = preCheck(accessToken, connection, { nowSeconds: now() / 1000, toleranceSeconds })
    if (isDenied(checked)) return checked
    const user = await review(accessToken)
    if (isDenied(user)) return user
    const { claims = {} } = checked
    const expiresAtSeconds = (claims['exp'] as number | undefined) ?? Math.floor(now() / 1000) + OPAQUE_SECONDS
    return toVerifiedToken(connection, user, { scopes: [], expiresAtSeconds, claims })
  }
}

function reviewOf({ connection, refusals }: Context) {
  const review = createTokenReview(connection)
  return (accessToken: string) => refusals.remember(accessToken, review)
}

function proveByOidc({ connection, fetch, now, clockToleranceSeconds }: Context): Proof {
  const { teamspaceId, audience, issuer = '', requiredScope = null, acceptUsers } = connection
  // A cluster's issuer can have any address; those of other products are theirs.
  const provider = providerNameOf(issuer) ?? 'kubernetes'
  const { prove } = createOidcProof({
    ...(fetch && { fetch }),
    now,
    clockToleranceSeconds,
    connections: [{ teamspaceId, issuer, audience, requiredScope, provider }],
  })
  return async (accessToken) => {
    const jwt = decodeCompactJwt(accessToken)
    if (isDenied(jwt)) return jwt
    const proven = await prove(jwt)
    if (isDenied(proven)) return proven
    const user = userOfClaims(proven.subject, proven.claims, acceptUsers)
    return isDenied(user) ? user : toVerifiedToken(connection, user, proven)
  }
}

interface ProvenToken {
  readonly clientId?: string
  readonly scopes: readonly string[]
  readonly expiresAtSeconds: number
  readonly claims: JsonObject
}

function toVerifiedToken(
  { teamspaceId, cluster, audience }: KubernetesConnection,
  user: ClusterUser,
  { clientId, scopes, expiresAtSeconds, claims }: ProvenToken,
): VerifiedToken<'kubernetes'> {
  const { jti } = claims
  return {
    kind: 'kubernetes',
    teamspaceId,
    issuer: `kubernetes:${cluster.name}`,
    cluster: cluster.name,
    audience,
    ...user,
    ...(clientId !== undefined && { clientId }),
    scopes,
    expiresAtSeconds,
    ...(typeof jti === 'string' && { tokenId: jti }),
    claims,
  }
}
