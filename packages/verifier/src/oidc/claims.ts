import { deny, denyClaim, isDenied, type Denial } from '../denial.ts'
import type { CompactJwt } from '../jwt/compact-jwt.ts'
import type { JsonObject } from '../jwt/strict-json.ts'
import { checkTimes, type Clock } from '../jwt/times.ts'
import type { VerifiedToken } from '../verified-token.ts'
import type { OidcConnection } from './connection.ts'
import { contradiction, isMarked, providerOf } from './providers.ts'

const MAX_AUDIENCES = 20

/** The connection that a token is for, of those of its issuer: any of its audiences may match, but only one connection. */
export function chooseConnection(aud: unknown, connections: readonly OidcConnection[]): OidcConnection | Denial {
  const presented: unknown[] = Array.isArray(aud) ? aud : aud === undefined ? [] : [aud]
  if (presented.length > MAX_AUDIENCES || !presented.every((audience) => typeof audience === 'string')) {
    return denyClaim('aud')
  }
  const provider = providerOf(connections[0]!)
  if (!presented.some((audience) => audience !== '')) {
    return deny({ code: 'audience_missing', detail: provider.audienceMissing })
  }
  const chosen = connections.filter(({ audience }) => presented.includes(audience))
  if (chosen.length === 1) return chosen[0]!
  const said = presented.join(' ').slice(0, 200)
  // For two teamspaces at once is for none: which of them it enters is not for the token to choose.
  if (chosen.length > 1) return denyClaim('aud', said, 'one connection')
  const [expected] = connections.length === 1 ? [` Expected: ${connections[0]!.audience}`] : ['']
  return deny({ code: 'audience_unknown', presented: said, detail: `${provider.audienceOther}${expected}` })
}

/** Judges the claims of a token whose signature holds, and maps them. */
export function judgeOidcClaims(
  jwt: CompactJwt,
  connection: OidcConnection,
  clock: Clock,
): VerifiedToken<'oidc'> | Denial {
  const claims = jwt.payload
  const scopes = readScopes(claims)
  if (isDenied(scopes)) return scopes
  const clientId = clientOf(claims)
  return (
    checkTimes(claims, clock) ??
    checkIdentity(claims, clientId, connection) ??
    checkUse(jwt, scopes, connection) ??
    toVerifiedToken(claims, scopes, clientId, connection)
  )
}

function checkIdentity(
  claims: JsonObject,
  clientId: string | undefined,
  connection: OidcConnection,
): Denial | undefined {
  const { subjectClaim = 'sub' } = connection
  // OpenID Connect Core §2: at most 255 characters. No other claim stands in for one that is missing.
  const subject = claims[subjectClaim]
  // Nobody could be added by a name with control characters, and not every database can be asked for one.
  if (typeof subject !== 'string' || subject === '' || subject.length > 255 || /\p{Cc}/u.test(subject)) {
    return denyClaim(subjectClaim)
  }
  // Whoever stole a key-bound token (RFC 7800) lacks the key; as a plain bearer token it proves nothing.
  if (claims['cnf'] !== undefined)
    return deny({ code: 'token_invalid', detail: 'bound to a key (cnf), not a bearer token' })
  const { allowedClients = [], teamspaceClaim } = connection
  if (teamspaceClaim !== undefined && !isTeamspaceId(claims[teamspaceClaim])) return denyClaim(teamspaceClaim)
  if (allowedClients.length === 0 || (clientId !== undefined && allowedClients.includes(clientId))) return undefined
  return denyClaim('azp', clientId)
}

const isTeamspaceId = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 255

/** RFC 9068 §2.2 says `client_id`; `azp` and Okta's `cid` came before it. */
function clientOf({ azp, client_id: clientId, cid }: JsonObject): string | undefined {
  const client = azp ?? clientId ?? cid
  return typeof client === 'string' ? client : undefined
}

/** `scope` and `scp`, each as words in a string or as a list. */
function readScopes({ scope, scp }: JsonObject): string[] | Denial {
  const scopes = new Set<string>()
  for (const [claim, value] of [
    ['scope', scope],
    ['scp', scp],
  ] as const) {
    const words: unknown = typeof value === 'string' ? value.split(' ') : (value ?? [])
    if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) return denyClaim(claim)
    for (const word of words) if (word !== '') scopes.add(word)
  }
  return [...scopes]
}

/** An ID token has the client as its audience and the same signature: where the two share an id it must still not pass. */
function checkUse({ header, payload }: CompactJwt, scopes: string[], connection: OidcConnection): Denial | undefined {
  const provider = providerOf(connection)
  const wrong = contradiction(provider, payload)
  if (wrong) return denyClaim(wrong.claim, payload[wrong.claim], wrong.expected)

  const { requiredScope } = connection
  if (requiredScope !== null && !scopes.includes(requiredScope)) {
    return deny({
      code: 'scope_insufficient',
      required: [requiredScope],
      presented: scopes,
      detail: provider.scopeMissing,
    })
  }
  if (scopes.length > 0 || /at\+jwt$/i.test(String(header['typ'] ?? ''))) return undefined
  const isIdToken = ['nonce', 'at_hash', 'c_hash'].some((claim) => payload[claim] !== undefined)
  if (!isIdToken && isMarked(provider, payload)) return undefined
  const detail = 'It does not show that it is an access token: no scope, and its typ is not at+jwt'
  return deny({ code: 'token_invalid', detail })
}

function toVerifiedToken(
  claims: JsonObject,
  scopes: string[],
  clientId: string | undefined,
  { teamspaceId, teamspaceClaim = '', issuer, audience, subjectClaim = 'sub' }: OidcConnection,
): VerifiedToken<'oidc'> {
  const { exp, jti, uti } = claims
  const tokenId = jti ?? uti
  return {
    kind: 'oidc',
    teamspaceId: teamspaceId ?? (claims[teamspaceClaim] as string),
    issuer,
    audience,
    subject: claims[subjectClaim] as string,
    ...(clientId !== undefined && { clientId }),
    scopes,
    expiresAtSeconds: exp as number,
    ...(typeof tokenId === 'string' && { tokenId }),
    claims,
  }
}
