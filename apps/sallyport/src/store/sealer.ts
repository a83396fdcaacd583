import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'

const PREFIX = 'v1.'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Encrypts what must not be read from a copy of the database. `context` is the identity of the row it belongs to. */
export interface Sealer {
  seal(plaintext: string, context: string): string
  /** Throws `SealBroken` unless key, context and every bit are those of `seal`. */
  open(sealed: string, context: string): string
  /** See `deriveKey`. */
  deriveKey(purpose: string): KeyObject
}

/** A sealed value was changed, moved to another row, or sealed with another key. Which one cannot be told. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
  constructor() {
    super('A sealed value could not be opened: it was altered, moved to another row, or sealed with another key.')
  }
}

/** AES-256-GCM. A random 96-bit nonce is safe for 2^32 values under one key (NIST SP 800-38D §8.3). */
export function createSealer(sealingKey: Uint8Array): Sealer {
  if (sealingKey.byteLength !== 32) throw new RangeError('The sealing key must be 32 bytes.')
  const key = createSecretKey(sealingKey)
  return {
    seal: (plaintext, context) => PREFIX + encrypt(key, plaintext, context).toString('base64url'),
    open(sealed, context) {
      const bytes = toBytes(sealed)
      try {
        return decrypt(key, bytes, context)
      } catch {
        throw new SealBroken()
      }
    },
    deriveKey: (purpose) => deriveKey(key, purpose),
  }
}

/** Another key for another purpose (HKDF, RFC 5869): none tells anything of the others. */
export const deriveKey = (key: KeyObject, purpose: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `sallyport ${purpose}`, 32)))

function encrypt(key: KeyObject, plaintext: string, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: KeyObject, bytes: Buffer, context: string): string {
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES))
  const ciphertext = bytes.subarray(NONCE_BYTES, -TAG_BYTES)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8')
}

function toBytes(sealed: string): Buffer {
  const encoded = sealed.slice(PREFIX.length)
  const bytes = Buffer.from(encoded, 'base64url')
  // Node skips characters that are not base64url; only the one canonical spelling is ours.
  const isOurs = sealed.startsWith(PREFIX) && bytes.toString('base64url') === encoded
  if (!isOurs || bytes.byteLength < NONCE_BYTES + TAG_BYTES) throw new SealBroken()
  return bytes
}
