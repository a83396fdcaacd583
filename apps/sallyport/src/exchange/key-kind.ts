import { createPublicKey, generateKeyPair, generateKeyPairSync, hash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyPurpose } from './signing-key.table.ts'

/** RFC 7517 §4, RFC 7518 §6.2.1. */
export interface EcJwk {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
  readonly kid: string
  readonly alg: 'ES256'
  readonly use: 'sig'
}

/** RFC 7517 §4, RFC 7518 §6.3.1. */
export interface RsaJwk {
  readonly kty: 'RSA'
  readonly n: string
  readonly e: string
  readonly kid: string
  readonly alg: 'RS256'
  readonly use: 'sig'
}

export type PublicJwk = EcJwk | RsaJwk

/** The keys of one purpose: how they are made, and what is published of them. */
export interface KeyKind<Jwk extends PublicJwk = PublicJwk> {
  readonly purpose: KeyPurpose
  generate(): KeyObject | Promise<KeyObject>
  toPublicJwk(privateKey: KeyObject): Jwk
}

/** ES256: the one algorithm besides RS256 that nearly every JOSE library takes, at a small part of the cost to sign. */
export const IDENTITY_KEYS = {
  purpose: 'identity',
  generate: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  toPublicJwk(privateKey: KeyObject): EcJwk {
    const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x: string; y: string }
    return {
      kty: 'EC',
      crv: 'P-256',
      x,
      y,
      kid: thumbprint({ crv: 'P-256', kty: 'EC', x, y }),
      alg: 'ES256',
      use: 'sig',
    }
  },
} satisfies KeyKind<EcJwk>

/** RS256: all that Microsoft Entra takes of an issuer that it federates with (S2E-03). */
export const FEDERATION_KEYS: KeyKind<RsaJwk> = {
  purpose: 'federation',
  // On another thread: a prime may take a quarter of a second to find.
  generate: async () => (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey,
  toPublicJwk(privateKey) {
    const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' }) as { n: string; e: string }
    return { kty: 'RSA', n, e, kid: thumbprint({ e, kty: 'RSA', n }), alg: 'RS256', use: 'sig' }
  },
}

/** Of the required members in this order, without a space (RFC 7638 §3). */
const thumbprint = (members: object): string => hash('sha256', JSON.stringify(members), 'base64url')
