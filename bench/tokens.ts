import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto'

export interface SigningKey {
  readonly kid: string
  readonly privatePem: string
  readonly publicPem: string
  readonly jwk: { readonly n: string; readonly e: string }
}

/** Everything needed to sign a token that looks like one of Entra's; plain data, so that it can go to a worker. */
export interface TokenIssuer {
  readonly issuer: string
  readonly tenantId: string
  readonly audience: string
  readonly scope: string
  readonly issuedAt: number
  readonly keys: readonly SigningKey[]
}

export function createSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  return {
    kid: createHash('sha1').update(n).digest('base64url'),
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    jwk: { n, e },
  }
}

/** The object id of a member: the same number gives the same person. */
export const objectId = (member: number): string => `0b0e0000-0000-4000-8000-${member.toString(16).padStart(12, '0')}`

const LIFETIME_SECONDS = 24 * 3600

/** An access token of about 1.8 KB. RS256 is deterministic: the same arguments give the same bytes. */
export function mintToken(from: TokenIssuer, member: number, tokenId: string, changes: object = {}): string {
  const key = from.keys[member % from.keys.length]
  if (!key) throw new Error('no signing key')
  const header = { typ: 'JWT', alg: 'RS256', kid: key.kid }
  const signed = `${encode(header)}.${encode({ ...claims(from, member, tokenId), ...changes })}`
  return `${signed}.${sign('sha256', Buffer.from(signed), key.privatePem).toString('base64url')}`
}

function claims(from: TokenIssuer, member: number, tokenId: string) {
  return {
    aud: from.audience,
    iss: from.issuer,
    iat: from.issuedAt,
    nbf: from.issuedAt,
    exp: from.issuedAt + LIFETIME_SECONDS,
    aio: 'AXQAi/8XAAAA7mZ2dGhpcyBpcyBhIHN0YW5kLWluIGZvciB3aGF0IEVudHJhIHdyaXRlcw==',
    azp: 'c1e17000-0000-4000-8000-000000000001',
    azpacr: '0',
    groups: Array.from({ length: 8 }, (_, index) => objectId(0x9000 + index)),
    name: `Member Number ${member}`,
    oid: objectId(member),
    preferred_username: emailOf(member),
    rh: '1.AXQAq7bdLWluIGZvciBhIHJlZnJlc2ggaGludCBvZiBFbnRyYQ.',
    scp: `${from.scope} User.Read`,
    sid: '00512f2e-4d6c-4a0e-9a5f-6b6f6e746f6b',
    sub: createHash('sha256').update(`subject ${member}`).digest('base64url'),
    tid: from.tenantId,
    uti: tokenId,
    ver: '2.0',
    wids: ['b79fbf4d-3ef9-4689-8143-76b194e85509'],
    xms_ftd: 'c3RhbmQtaW4gZm9yIGEgdGVsZW1ldHJ5IGZpZWxkIG9mIEVudHJh',
  }
}

export const emailOf = (member: number): string => `u${member}@bench.example`

export const freshTokenId = (): string => randomUUID()

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
