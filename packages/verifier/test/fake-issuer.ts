import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { CompactSign } from 'jose'
import type { Algorithm } from '../src/jwt/verify-signature.ts'
import type { OidcConnection } from '../src/oidc/connection.ts'
import { NOW_SECONDS } from './fake-entra.ts'
import { json, startLoopback, type Answer } from './loopback-server.ts'

export interface IssuerKey {
  readonly alg: Algorithm
  readonly kid: string
  readonly privateKey: KeyObject
  readonly jwk: Record<string, unknown>
}

const CURVES = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' } as const

export function keyPairFor(alg: Algorithm) {
  if (alg in CURVES) return generateKeyPairSync('ec', { namedCurve: CURVES[alg as keyof typeof CURVES] })
  if (/^[RP]S/.test(alg)) return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return generateKeyPairSync('ed25519')
}

export function createIssuerKey(alg: Algorithm, kid: string = alg): IssuerKey {
  const { privateKey, publicKey } = keyPairFor(alg)
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg } }
}

/** Recorded tokens name RS256; one such key serves all tests that do not turn on the algorithm. */
export const ISSUER_KEY = createIssuerKey('RS256', 'issuer-key')

export const AUDIENCE = 'https://mcp.example/mcp'

/** An OpenID Connect issuer on loopback, at a path of its own. `answers` is by path; it may be changed at any time. */
export async function startFakeIssuer(path = '') {
  const requests: string[] = []
  const answers = new Map<string, Answer>()
  const server = await startLoopback((req, res) => {
    requests.push(req.url!)
    const answer = answers.get(req.url!) ?? json({ error: 'not found' }, 404)
    answer(req, res)
  })
  const issuer = server.url + path
  const metadataPath = `${path.replace(/\/$/, '')}/.well-known/openid-configuration`
  const metadata = { issuer, jwks_uri: `${server.url}/keys` }
  answers.set(metadataPath, json(metadata))
  answers.set('/keys', json({ keys: [ISSUER_KEY.jwk] }))
  return {
    issuer,
    origin: server.url,
    metadataPath,
    metadata,
    requests,
    answers,
    connection: (changes: Partial<OidcConnection> = {}): OidcConnection => ({
      teamspaceId: 'team-a',
      issuer,
      audience: AUDIENCE,
      requiredScope: 'mcp.access',
      ...changes,
    }),
    claims: (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
      iss: issuer,
      aud: AUDIENCE,
      sub: 'User-1',
      iat: NOW_SECONDS - 10,
      exp: NOW_SECONDS + 300,
      jti: 'token-1',
      client_id: 'client-1',
      scope: 'openid mcp.access',
      ...changes,
    }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

export type FakeIssuer = Awaited<ReturnType<typeof startFakeIssuer>>

export const signWith = (claims: unknown, header: Record<string, unknown> = {}, key = ISSUER_KEY): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header })
    .sign(key.privateKey)
