import { constants, createHmac, sign as signBytes, type KeyObject } from 'node:crypto'

export type Json = Readonly<Record<string, unknown>>

export interface SigningPair {
  readonly kid: string
  readonly alg: string
  readonly key: KeyObject
}

export const encode = (text: string | Buffer): string => Buffer.from(text).toString('base64url')

const SIGN: Readonly<Record<string, (input: Buffer, key: KeyObject) => Buffer>> = {
  RS256: (input, key) => signBytes('sha256', input, key),
  RS512: (input, key) => signBytes('sha512', input, key),
  PS256: (input, key) => signBytes('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  ES256: (input, key) => signBytes('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (input, key) => signBytes(null, input, key),
}

/** A JWT with whatever header and claims, well signed; text goes in as it is, for JSON that no library writes. */
export function signJwt(payload: Json | string | Buffer, pair: SigningPair, header: Json | string = {}): string {
  const full = typeof header === 'string' ? header : JSON.stringify({ alg: pair.alg, kid: pair.kid, ...header })
  const input = `${encode(full)}.${encode(toText(payload))}`
  return `${input}.${encode(SIGN[pair.alg]!(Buffer.from(input), pair.key))}`
}

/** RFC 8725 §2.1: a shared secret made of what everybody knows of the key. */
export function signByHmac(payload: Json, header: Json, secret: string): string {
  const input = `${encode(JSON.stringify({ alg: 'HS256', ...header }))}.${encode(JSON.stringify(payload))}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

/** The same token with other claims under the old signature. */
export function tamper(accessToken: string, changes: Json): string {
  const [header, payload = '', signature] = accessToken.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Json
  return `${header}.${encode(JSON.stringify({ ...claims, ...changes }))}.${signature}`
}

/** The same token with one part written otherwise. */
export const rewrite = (accessToken: string, part: 0 | 1 | 2, write: (encoded: string) => string): string =>
  accessToken
    .split('.')
    .map((encoded, index) => (index === part ? write(encoded) : encoded))
    .join('.')

/** A well-signed token of exactly this length. */
export function signOfLength(length: number, payload: Json, pair: SigningPair): string {
  for (const pad of ['', 'x']) {
    const room = length - signJwt({ ...payload, pad: '' }, pair, { pad }).length
    for (let size = Math.floor(room * 0.75) - 4; size <= room * 0.75 + 4; size++) {
      const token = signJwt({ ...payload, pad: 'x'.repeat(size) }, pair, { pad })
      if (token.length === length) return token
    }
  }
  throw new Error(`No token of ${length} characters`)
}

const toText = (payload: Json | string | Buffer) =>
  typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload)
