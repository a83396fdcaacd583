import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto'

/** A certificate for https://127.0.0.1 that signs itself, so that it is its own authority too (RFC 5280 §4.1). */
export function createLoopbackCertificate(): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const name = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from(randomBytes(8).toString('hex'))))))
  const day = 24 * 3600 * 1000
  const validity = der(0x30, time(Date.now() - day), time(Date.now() + day))
  const loopback = der(0x30, der(0x87, Buffer.of(127, 0, 0, 1))) // iPAddress, RFC 5280 §4.2.1.6
  const extensions = der(0xa3, der(0x30, der(0x30, oid('551d11'), der(0x04, loopback))))
  const version = der(0xa0, der(0x02, Buffer.of(2)))
  const serial = der(0x02, Buffer.of(1), randomBytes(8))
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const body = der(0x30, version, serial, SHA256_WITH_RSA, name, validity, name, spki, extensions)
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, privateKey))
  const certificate = new X509Certificate(der(0x30, body, SHA256_WITH_RSA, signature))
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: certificate.toString() }
}

/** Tag, definite length (X.690 §8.1.3), content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...head), content])
}

const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const SHA256_WITH_RSA = der(0x30, oid('2a864886f70d01010b'), der(0x05))

const time = (ms: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`))
