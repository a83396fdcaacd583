import { sign as signBytes } from 'node:crypto'
import { CompactSign, exportJWK, generateKeyPair, type JWK, type CryptoKey } from 'jose'
import { KeyObject } from 'node:crypto'
import type { EntraConnection } from '../src/entra/connection.ts'
import { json, startLoopback, type Answer } from './loopback-server.ts'

export const TENANT = '11111111-1111-4111-8111-111111111111'
export const OTHER_TENANT = '22222222-2222-4222-8222-222222222222'
export const API = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'
export const CLIENT = 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'
export const USER = '0d0d0d0d-0d0d-4d0d-8d0d-0d0d0d0d0d0d'

export interface TestKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export async function createTestKey(kid: string): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const { n, e } = await exportJWK(publicKey)
  return { kid, privateKey, publicJwk: { kty: 'RSA', use: 'sig', kid, n: n!, e: e! } }
}

export const KEY = await createTestKey('key-1')

/** The key endpoint of an Entra cloud, on loopback. `answers` is by path and query; it may be changed at any time. */
export async function startFakeEntra() {
  const requests: string[] = []
  const answers = new Map<string, Answer>()
  const server = await startLoopback((req, res) => {
    requests.push(req.url!)
    const answer = answers.get(req.url!) ?? json({ error: 'not found' }, 404)
    answer(req, res)
  })
  const authority = server.url
  const keysPath = (tenantId = TENANT) => `/${tenantId}/discovery/v2.0/keys`
  const issuer = (tenantId = TENANT) => `${authority}/${tenantId}/v2.0`
  answers.set(keysPath(), json({ keys: [KEY.publicJwk] }))
  return {
    authority,
    clouds: { global: { authority, v1Issuers: ['https://sts.windows.net/'] } },
    requests,
    answers,
    keysPath,
    issuer,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

export type FakeEntra = Awaited<ReturnType<typeof startFakeEntra>>

export const connection = (changes: Partial<EntraConnection> = {}): EntraConnection => ({
  teamspaceId: 'team-a',
  cloud: 'global',
  tenantId: TENANT,
  audience: API,
  requiredScope: 'mcp.access',
  ...changes,
})

/** A moment at which all tests happen, so that boundaries are exact. */
export const NOW_SECONDS = 1_800_000_000

export const userClaims = (entra: FakeEntra, changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  aud: API,
  iss: entra.issuer(),
  iat: NOW_SECONDS - 10,
  nbf: NOW_SECONDS - 10,
  exp: NOW_SECONDS + 3600,
  azp: CLIENT,
  azpacr: '0',
  name: 'Ada',
  oid: USER,
  preferred_username: 'ada@a.example',
  scp: 'openid mcp.access',
  sub: 'pairwise-subject',
  tid: TENANT,
  uti: 'uti-1',
  ver: '2.0',
  ...changes,
})

export const appClaims = (entra: FakeEntra, changes: Record<string, unknown> = {}) =>
  userClaims(entra, { scp: undefined, sub: USER, azpacr: '1', roles: ['Mcp.Call'], name: undefined, ...changes })

export const signToken = (claims: Record<string, unknown>, header: Record<string, unknown> = {}, key = KEY) =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })
    .sign(key.privateKey)

const base64url = (text: string) => Buffer.from(text, 'utf8').toString('base64url')

/** Signs whatever text it is given: for tokens that no decent library would make. */
export function signRaw(headerJson: string, payloadJson: string, key = KEY): string {
  const input = `${base64url(headerJson)}.${base64url(payloadJson)}`
  const signature = signBytes('RSA-SHA256', Buffer.from(input), KeyObject.from(key.privateKey))
  return `${input}.${signature.toString('base64url')}`
}

export const HEADER_JSON = JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: KEY.kid })
