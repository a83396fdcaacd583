import { entraIssuer } from '@sallyport/verifier'
import type { EntraClouds, JsonObject } from '@sallyport/verifier'
import type { EntraConnectionView } from './connection-view.ts'
import { judgeBinding, judgeHeader, judgeTimes, line, note, shown, words } from './token-lines.ts'
import type { Clock, TokenLine } from './token-lines.ts'

interface EntraJudge extends Clock {
  readonly connection: EntraConnectionView
  readonly clouds: EntraClouds
}

const MANIFEST = "set api.requestedAccessTokenVersion to 2 in the manifest of the audience's app registration"

/** Each claim in the order in which people look for the fault: iss, aud, scp, exp (S2G-05). */
export function judgeEntra(header: JsonObject, payload: JsonObject, judge: EntraJudge): TokenLine[] {
  const { connection, clouds } = judge
  const { iss, aud, tid, ver, azp, oid } = payload
  const cloud = clouds[connection.cloud]
  const issuer = cloud && entraIssuer(cloud, connection.tenantId)
  const isV1 = ver === '1.0'
  const isClient =
    connection.allowedClients.length === 0 || connection.allowedClients.includes(String(azp).toLowerCase())
  const isIdToken = payload['scp'] === undefined && payload['nonce'] !== undefined
  return [
    line('iss', iss, {
      isOk: iss === issuer,
      expected: issuer ?? `the cloud ${connection.cloud}, which is not configured`,
      change: isV1 ? MANIFEST : 'sign in with the tenant of the teamspace',
    }),
    line('aud', aud, {
      isOk:
        String(Array.isArray(aud) && aud.length === 1 ? aud[0] : aud).toLowerCase() ===
        connection.audience.toLowerCase(),
      expected: connection.audience,
      change: `request the scope api://${connection.audience.replace(/^api:\/\//, '')}/${connection.requiredScope ?? '.default'}`,
    }),
    line('tid', tid, {
      isOk: tid === connection.tenantId,
      expected: connection.tenantId,
      change: 'another tenant signed it',
    }),
    line('ver', ver, { isOk: ver === '2.0', expected: '2.0', change: MANIFEST }),
    line('azp', azp ?? payload['appid'], {
      isOk: isClient,
      expected: connection.allowedClients.join(' or '),
      change: 'add the client with `sallyport connection set --allowed-client`',
    }),
    line('oid', oid, { isOk: typeof oid === 'string', expected: 'the Object ID of the caller' }),
    ...(isIdToken ? [ID_TOKEN] : judgeGrants(payload, connection)),
    ...judgeTimes(payload, judge),
    ...judgeHeader(header, ['RS256']),
    ...judgeBinding(payload),
    ...noteGroups(payload),
  ]
}

const ID_TOKEN: TokenLine = line('scp', undefined, {
  isOk: false,
  expected: 'an access token',
  change: 'this is an ID token: send the access token of the same answer',
})

/** A person's token has scopes, an application's own has roles at most. */
function judgeGrants(payload: JsonObject, { requiredScope, acceptedRoles }: EntraConnectionView): TokenLine[] {
  const [scopes, roles] = [words(payload['scp']), words(payload['roles'])]
  if (scopes.length > 0) {
    const isOk = requiredScope === null || scopes.includes(requiredScope)
    const change = 'request this scope too, and see that the client may have it'
    return [line('scp', scopes.join(' '), { isOk, expected: requiredScope ?? undefined, change })]
  }
  const isOk = payload['sub'] === payload['oid'] && roles.some((role) => acceptedRoles.includes(role))
  const expected =
    acceptedRoles.length > 0 ? `one of ${acceptedRoles.join(', ')}` : `the scope ${shown(requiredScope)}, of a person`
  const change =
    'an application calls for itself: accept one of its roles with --accepted-role, or let a person sign in'
  return [line('roles', roles.length > 0 ? roles.join(' ') : undefined, { isOk, expected, change })]
}

/** 7.4: beyond some 200 groups Entra says only where to ask. */
function noteGroups(payload: JsonObject): TokenLine[] {
  const names = Object(payload['_claim_names']) as Record<string, unknown>
  if (names['groups'] === undefined && payload['hasgroups'] !== true) return []
  return [note('groups', 'too many for the token', 'rules about groups have to ask Microsoft Graph for them')]
}
