import { B64_TOKEN, MAX_ACCESS_TOKEN_LENGTH } from '../bearer.ts'
import { deny, isDenied, type Denial } from '../denial.ts'
import { decodeCompactJwt } from '../jwt/compact-jwt.ts'
import type { JsonObject } from '../jwt/strict-json.ts'
import { checkTimes, type Clock } from '../jwt/times.ts'
import { chooseConnection } from '../oidc/claims.ts'
import type { KubernetesConnection } from './connection.ts'

/**
 * What the API server would refuse anyhow is refused without a call to it: a JWT that is expired or for somebody else.
 * Nothing is accepted here: the claims in the answer are proven by nothing yet. A token that is opaque has none.
 */
export function preCheck(
  accessToken: string,
  { audience, cluster, teamspaceId }: KubernetesConnection,
  clock: Clock,
): { readonly claims?: JsonObject } | Denial {
  if (accessToken.length > MAX_ACCESS_TOKEN_LENGTH) return malformed('too long')
  if (!B64_TOKEN.test(accessToken)) return malformed('characters outside b64token')
  if (!isJwtShaped(accessToken)) return {}
  const jwt = decodeCompactJwt(accessToken)
  if (isDenied(jwt)) return jwt
  const { exp, aud } = jwt.payload
  // Of the times only `exp`: whether a token is valid already is told by the clock that issued it.
  const late = checkTimes({ exp }, clock)
  if (late) return late
  const own = { teamspaceId, issuer: cluster.name, audience, requiredScope: null, provider: 'kubernetes' } as const
  const chosen = chooseConnection(aud, [own])
  return isDenied(chosen) ? chosen : { claims: jwt.payload }
}

/** OpenShift's `sha256~…` is not, nor is a bootstrap token with its one dot. */
const isJwtShaped = (accessToken: string) => accessToken.split('.', 4).length === 3

const malformed = (detail: string): Denial => deny({ code: 'token_malformed', detail })
