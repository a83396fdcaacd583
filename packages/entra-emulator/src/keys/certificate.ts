import { generateKeyPair, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

export interface Certificate {
  readonly certificatePem: string
  readonly privateKeyPem: string
  /** base64url SHA-1 of the DER: `x5t` (RFC 7515 §4.1.7). */
  readonly x5t: string
  readonly x5tS256: string
  /** base64 DER, as a member of `x5c`. */
  readonly x5c: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const generate = promisify(generateKeyPair)
const YEAR_MS = 365 * 24 * 3600 * 1000

/** A fresh 2048-bit RSA key with a self-signed certificate: Entra publishes its keys in this form, and clients register one. */
export async function createCertificate(commonName: string, nowMs: number = Date.now()): Promise<Certificate> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 })
  const der = selfSigned(commonName, nowMs, publicKey, privateKey)
  const { fingerprint, fingerprint256, ...x509 } = describe(der)
  return {
    ...x509,
    privateKey,
    publicKey,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    x5c: der.toString('base64'),
    x5t: toBase64url(fingerprint),
    x5tS256: toBase64url(fingerprint256),
  }
}

/** The two thumbprints by which a client assertion names its certificate. */
export function thumbprints(pem: string): { x5t: string; x5tS256: string } {
  const { fingerprint, fingerprint256 } = new X509Certificate(pem)
  return { x5t: toBase64url(fingerprint), x5tS256: toBase64url(fingerprint256) }
}

function describe(der: Buffer) {
  const x509 = new X509Certificate(der)
  return { certificatePem: x509.toString(), fingerprint: x509.fingerprint, fingerprint256: x509.fingerprint256 }
}

const toBase64url = (fingerprint: string): string =>
  Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url')

/** RFC 5280 §4.1, with only what a self-signed v3 certificate cannot do without. */
function selfSigned(commonName: string, nowMs: number, publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const name = tlv(0x30, tlv(0x31, tlv(0x30, oid('550403'), tlv(0x0c, Buffer.from(commonName)))))
  const validity = tlv(0x30, time(nowMs - 24 * 3600 * 1000), time(nowMs + 5 * YEAR_MS))
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const serial = tlv(0x02, Buffer.concat([Buffer.of(0x01), randomBytes(8)]))
  const version3 = tlv(0xa0, tlv(0x02, Buffer.of(2)))
  const body = tlv(0x30, version3, serial, SHA256_WITH_RSA, name, validity, name, spki)
  const signature = tlv(0x03, Buffer.of(0), sign('sha256', body, privateKey))
  return tlv(0x30, body, SHA256_WITH_RSA, signature)
}

/** DER: tag, definite length (X.690 §8.1.3), content. */
function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content])
  const hex = content.length.toString(16)
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content])
}

const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'))
const SHA256_WITH_RSA = tlv(0x30, oid('2a864886f70d01010b'), tlv(0x05))

/** GeneralizedTime is allowed from 2050 only (RFC 5280 §4.1.2.5), but every reader takes it. */
const time = (ms: number): Buffer =>
  tlv(0x18, Buffer.from(`${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`))
