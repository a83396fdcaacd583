/** What Argon2 is asked to spend (RFC 9106 §3.1). */
export interface PasswordCost {
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
}

export interface PasswordRecord extends PasswordCost {
  readonly salt: Buffer
  readonly tag: Buffer
}

const PATTERN = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

/** The string format of the PHC: parameters go with the hash, so that they can be raised later. */
export const toRecordText = ({ memoryKib, passes, parallelism, salt, tag }: PasswordRecord): string =>
  `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${toBase64(salt)}$${toBase64(tag)}`

/** Throws when it is none of ours: what stands in the database was changed, and must not say how much to compute. */
export function parseRecord(text: string): PasswordRecord {
  const [, memoryKib, passes, parallelism, salt, tag] = PATTERN.exec(text) ?? []
  if (salt === undefined || tag === undefined) throw new Error('a stored password hash cannot be read')
  return {
    memoryKib: Number(memoryKib),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

const toBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
