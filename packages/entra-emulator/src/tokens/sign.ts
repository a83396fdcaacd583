import { createHash, randomBytes } from 'node:crypto'
import { SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose'
import type { KeyRing, SigningKey } from '../keys/key-ring.ts'

export const sign = (key: SigningKey, claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: key.kid, ...header }).sign(key.privateKey)

/** The nonce that the signature covers is the hash of the one in the header. */
export const hashNonce = (nonce: string): string => createHash('sha256').update(nonce).digest('base64url')

/** A Microsoft Graph token: nobody but Graph can verify it, because the header sent is not the header signed. */
export async function signForGraph(key: SigningKey, claims: JWTPayload): Promise<string> {
  const nonce = randomBytes(32).toString('base64url')
  const header = { typ: 'JWT', alg: 'RS256', kid: key.kid, x5t: key.x5t }
  const [, payload, signature] = (await sign(key, claims, { ...header, nonce: hashNonce(nonce) })).split('.')
  const sent = Buffer.from(JSON.stringify({ ...header, nonce })).toString('base64url')
  return `${sent}.${payload}.${signature}`
}

/** Signs anything, for tests that need tokens Entra would not issue. `header.kid` picks one of the emulator's keys. */
export async function signAnything(
  keys: KeyRing,
  tenantId: string,
  claims: JWTPayload,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  const named = header.kid === undefined ? undefined : keys.findByKid(header.kid)
  return sign(named ?? (await keys.signing(tenantId)), claims, header)
}
