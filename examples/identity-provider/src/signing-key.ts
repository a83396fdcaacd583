import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface SigningKey {
  readonly jwk: object
  /** A compact JWS of exactly this (RFC 7515 §7.1). */
  sign(payload: object, header: object): string
}

export function createSigningKey(): SigningKey {
  const kid = randomBytes(8).toString('hex')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    jwk: { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' },
    sign(payload, header) {
      const input = [{ alg: 'RS256', typ: 'at+jwt', kid, ...header }, payload].map(encode).join('.')
      return `${input}.${sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')}`
    },
  }
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
