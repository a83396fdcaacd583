import { generateKeyPair, randomBytes, randomUUID, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { decode, encode } from './json.ts'
import type { Json } from './json.ts'

export interface Account {
  readonly namespace: string
  readonly name: string
}

export interface TokenOptions extends Account {
  /** The API server's own unless told. */
  readonly audiences?: readonly string[]
  readonly expiresInSeconds?: number
}

export interface OpaqueUser {
  readonly username: string
  readonly uid?: string
  readonly groups?: readonly string[]
  /** Those of the API server unless told: authenticators for opaque tokens mostly know no others. */
  readonly audiences?: readonly string[]
}

const generate = promisify(generateKeyPair)

/** Service accounts, their tokens, and what becomes of a token that is presented. */
export async function createServiceAccounts(issuer: string, now: () => number) {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 })
  const kid = randomBytes(8).toString('hex')
  const uids = new Map<string, string>()
  const opaque = new Map<string, OpaqueUser>()

  function signClaims(claims: Json, header: Json = {}): string {
    const input = [{ alg: 'RS256', kid, ...header }, claims].map(encode).join('.')
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`
  }

  function claimsFor({ namespace, name, audiences = [issuer], expiresInSeconds = 3600 }: TokenOptions): Json {
    const account = keyOf({ namespace, name })
    const uid = uids.get(account) ?? randomUUID()
    uids.set(account, uid)
    const iat = Math.floor(now() / 1000)
    return {
      aud: audiences,
      exp: iat + expiresInSeconds,
      iat,
      iss: issuer,
      jti: randomUUID(),
      'kubernetes.io': { namespace, serviceaccount: { name, uid } },
      nbf: iat,
      sub: `system:serviceaccount:${account}`,
    }
  }

  /** The user, or why there is none. */
  function userOfJwt(token: string): OpaqueUser | string {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const signed = Buffer.from(`${header}.${payload}`)
    const claims = decode(payload)
    if (decode(header)?.['alg'] !== 'RS256' || !claims || claims['iss'] !== issuer) return 'Token has been invalidated'
    if (!verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url'))) return 'invalid signature'
    if (typeof claims['exp'] === 'number' && now() / 1000 >= claims['exp']) return 'service account token has expired'
    const bound = (claims['kubernetes.io'] ?? {}) as {
      namespace?: string
      serviceaccount?: { name?: string; uid?: string }
    }
    const { namespace, serviceaccount: { name, uid } = {} } = bound
    if (!uid || uids.get(`${namespace}:${name}`) !== uid) return 'service account has been deleted'
    return {
      username: `system:serviceaccount:${namespace}:${name}`,
      uid,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      audiences: [claims['aud'] as string | string[]].flat(),
    }
  }

  return {
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
    has: (account: Account) => uids.has(keyOf(account)),
    add: (account: Account) => void uids.set(keyOf(account), randomUUID()),
    delete: (account: Account) => void uids.delete(keyOf(account)),
    claimsFor,
    signClaims,
    issueOpaque(user: OpaqueUser): string {
      const token = `sha256~${randomBytes(32).toString('base64url')}`
      opaque.set(token, user)
      return token
    },
    /** The `status` of a TokenReview. */
    authenticate(token: string, asked: readonly string[]): Json {
      const user = opaque.get(token) ?? userOfJwt(token)
      if (typeof user === 'string') return { user: {}, error: `[invalid bearer token, ${user}]` }
      const { audiences: valid = [issuer], ...shown } = user
      const audiences = asked.filter((audience) => valid.includes(audience))
      if (audiences.length === 0) {
        const error = `[invalid bearer token, token audiences ${JSON.stringify(valid)} is invalid for the target audiences]`
        return { user: {}, error }
      }
      return { authenticated: true, user: shown, audiences }
    },
  }
}

export type ServiceAccounts = Awaited<ReturnType<typeof createServiceAccounts>>

const keyOf = ({ namespace, name }: Account) => `${namespace}:${name}`
