import type { JsonObject } from '@sallyport/verifier'
import type { KubernetesConnectionRecord, OidcConnectionRecord } from './connection.ts'
import { judgeBinding, judgeHeader, judgeTimes, line, words } from './token-lines.ts'
import type { Clock, TokenLine } from './token-lines.ts'

interface OtherJudge extends Clock {
  readonly connection: OidcConnectionRecord | KubernetesConnectionRecord
}

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** Tokens of any OpenID Connect issuer, and those of service accounts. */
export function judgeOther(header: JsonObject, payload: JsonObject, judge: OtherJudge): TokenLine[] {
  const { connection } = judge
  const { iss, aud } = payload
  const issuer = connection.issuer
  const audiences = words(Array.isArray(aud) ? aud : [aud])
  return [
    line('iss', iss, {
      isOk: issuer === undefined || iss === issuer,
      expected: issuer,
      change: 'spell the issuer of the connection exactly so, slash at its end included, or sign in with the other one',
    }),
    line('aud', aud, {
      isOk: audiences.includes(connection.audience),
      expected: connection.audience,
      change: 'request a token for this audience, or set --audience of the connection',
    }),
    ...(connection.kind === 'oidc' ? judgePerson(header, payload, connection) : judgeWorkload(payload, connection)),
    ...judgeTimes(payload, judge),
    ...judgeHeader(header, ALGORITHMS),
    ...judgeBinding(payload),
  ]
}

function judgePerson(header: JsonObject, payload: JsonObject, connection: OidcConnectionRecord): TokenLine[] {
  const { subjectClaim = 'sub', allowedClients, requiredScope } = connection
  const subject = payload[subjectClaim]
  const client = payload['azp'] ?? payload['client_id'] ?? payload['cid']
  const scopes = [...words(payload['scope']), ...words(payload['scp'])]
  const isScoped = requiredScope === null || scopes.includes(requiredScope)
  return [
    line(subjectClaim, subject, {
      isOk: typeof subject === 'string' && subject !== '' && subject.length <= 255,
      expected: 'who it is',
      change: 'set --subject-claim of the connection to a claim that the tokens have',
    }),
    line('azp', client, {
      isOk: allowedClients.length === 0 || allowedClients.includes(String(client)),
      expected: allowedClients.join(' or '),
      change: 'add the client with `sallyport connection set --allowed-client`',
    }),
    isScoped && isIdToken(header, payload, scopes)
      ? line('scope', undefined, { isOk: false, expected: 'an access token', change: 'this is an ID token' })
      : line('scope', scopes.length > 0 ? scopes.join(' ') : undefined, {
          isOk: isScoped,
          expected: requiredScope ?? undefined,
          change: 'request this scope too',
        }),
  ]
}

const isIdToken = ({ typ }: JsonObject, payload: JsonObject, scopes: readonly string[]): boolean =>
  scopes.length === 0 &&
  !/at\+jwt$/i.test(String(typ ?? '')) &&
  ['nonce', 'at_hash', 'c_hash'].some((claim) => payload[claim] !== undefined)

function judgeWorkload({ sub }: JsonObject, { acceptUsers }: KubernetesConnectionRecord): TokenLine[] {
  const isServiceAccount = typeof sub === 'string' && /^system:serviceaccount:[^:]+:[^:]+$/.test(sub)
  return [
    line('sub', sub, {
      isOk: acceptUsers || isServiceAccount,
      expected: 'system:serviceaccount:NAMESPACE:NAME',
      change: 'set --accept-users of the connection when people may call',
    }),
  ]
}
