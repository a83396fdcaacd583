import { deny, denyClaim, isDenied, type Denial } from '../denial.ts'
import type { JsonObject } from '../jwt/strict-json.ts'
import { checkTimes, type Clock } from '../jwt/times.ts'
import type { VerifiedToken } from '../verified-token.ts'
import type { EntraClouds } from './clouds.ts'
import { entraIssuer, entraIssuerOf, isEntraV1Issuer } from './clouds.ts'
import type { EntraConnection } from './connection.ts'
import { PERSONAL_ACCOUNTS_TENANT_ID, toEntraAudience, toGuid } from './identifiers.ts'

/** What an unverified token says it is; enough to choose the connection that it is then verified against. */
export interface Address {
  readonly cloud: string
  readonly tenantId: string
  readonly audience: string
}

/** The tenant boundary is `iss` and `tid`, not the key set: tenants share keys. */
export function readAddress(payload: JsonObject, clouds: EntraClouds): Address | Denial {
  const { iss, tid } = payload
  if (isEntraV1Issuer(iss, clouds)) return deny({ code: 'token_version_unsupported', presented: iss })
  const issuer = entraIssuerOf(iss, clouds)
  if (!issuer) return denyClaim('iss', iss)
  if (toGuid(tid) !== issuer.tenantId || tid === PERSONAL_ACCOUNTS_TENANT_ID)
    return denyClaim('tid', tid, issuer.tenantId)

  const audience = readAudience(payload['aud'])
  return typeof audience === 'string' ? { ...issuer, audience } : audience
}

/** With several audiences, an app of the attacker's own, listed first, would choose the connection. */
function readAudience(aud: unknown): string | Denial {
  if (Array.isArray(aud) && (aud.length !== 1 || typeof aud[0] !== 'string')) return denyClaim('aud')
  const presented: unknown = Array.isArray(aud) ? aud[0] : aud
  if (typeof presented !== 'string' || presented === '') return deny({ code: 'audience_missing' })
  return toEntraAudience(presented) ?? deny({ code: 'audience_unknown', presented: presented.slice(0, 200) })
}

/** Judges the claims of a token whose signature holds, and maps them. */
export function judgeClaims(
  payload: JsonObject,
  connection: EntraConnection,
  clouds: EntraClouds,
  clock: Clock,
): VerifiedToken<'entra'> | Denial {
  return (
    checkTimes(payload, clock) ??
    checkIdentity(payload) ??
    checkClient(payload, connection) ??
    admit(payload, connection, entraIssuer(clouds[connection.cloud]!, connection.tenantId))
  )
}

function checkIdentity({ iat, ver, oid, sub, cnf, nonce, scp }: JsonObject): Denial | undefined {
  if (iat === undefined) return denyClaim('iat')
  if (ver !== '2.0') {
    const presented = typeof ver === 'string' ? ver.slice(0, 20) : typeof ver // an object need not become a string
    return deny({ code: 'token_version_unsupported', presented })
  }
  if (toGuid(oid) === undefined) return denyClaim('oid', oid)
  if (sub !== undefined && (typeof sub !== 'string' || sub === '')) return denyClaim('sub')
  // Whoever stole a key-bound token (RFC 7800) lacks the key; as a plain bearer token it proves nothing.
  if (cnf !== undefined) return deny({ code: 'token_invalid', detail: 'bound to a key (cnf), not a bearer token' })
  if (nonce !== undefined && !scp) return deny({ code: 'token_invalid', detail: 'an ID token, not an access token' })
  return undefined
}

function checkClient({ azp }: JsonObject, { allowedClients = [] }: EntraConnection): Denial | undefined {
  if (azp !== undefined && typeof azp !== 'string') return denyClaim('azp')
  if (allowedClients.length === 0) return undefined
  const client = toGuid(azp)
  return client && allowedClients.some((allowed) => toGuid(allowed) === client) ? undefined : denyClaim('azp', azp)
}

function admit(claims: JsonObject, connection: EntraConnection, issuer: string): VerifiedToken<'entra'> | Denial {
  const grants = readGrants(claims)
  if (isDenied(grants)) return grants
  const appOnly = grants.scopes.length === 0
  const refused = appOnly ? refuseApp(claims, grants.roles, connection) : refuseUser(claims, grants.scopes, connection)
  if (refused) return refused

  const { azp, uti } = claims
  return {
    kind: 'entra',
    teamspaceId: connection.teamspaceId,
    cloud: connection.cloud,
    tenantId: connection.tenantId,
    issuer,
    audience: connection.audience,
    subject: toGuid(claims['oid'])!,
    ...(typeof azp === 'string' && { clientId: azp }),
    ...grants,
    appOnly,
    expiresAtSeconds: claims['exp'] as number,
    ...(typeof uti === 'string' && { tokenId: uti }),
    claims,
  }
}

function readGrants({ scp = '', roles = [] }: JsonObject): { scopes: string[]; roles: string[] } | Denial {
  if (typeof scp !== 'string') return denyClaim('scp')
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === 'string')) return denyClaim('roles')
  return { scopes: scp.split(' ').filter((scope) => scope !== ''), roles }
}

function refuseUser(claims: JsonObject, scopes: string[], { requiredScope }: EntraConnection): Denial | undefined {
  if (claims['idtyp'] === 'app') return denyClaim('idtyp', 'app', 'user')
  if (requiredScope === null || scopes.includes(requiredScope)) return undefined
  return deny({ code: 'scope_insufficient', required: [requiredScope], presented: scopes })
}

/**
 * Entra gives any app of the tenant a token for any API, so without an accepted role it proves nothing.
 * An ID token has no `scp` either, and may carry a user's roles; only of an app is `oid` also the `sub`.
 */
function refuseApp(claims: JsonObject, roles: string[], connection: EntraConnection): Denial | undefined {
  const { acceptedRoles = [], requiredScope } = connection
  if (acceptedRoles.length === 0 && requiredScope !== null) {
    return deny({ code: 'scope_insufficient', required: [requiredScope], presented: [] })
  }
  const isApp = claims['idtyp'] !== 'user' && typeof claims['azp'] === 'string' && claims['sub'] === claims['oid']
  const isAccepted = isApp && roles.some((role) => acceptedRoles.includes(role))
  return isAccepted ? undefined : deny({ code: 'app_token_refused', presented: roles })
}
