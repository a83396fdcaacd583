import { createHash, randomBytes } from 'node:crypto'

/** 256 bits, so that nobody need be slowed down who guesses, and a plain hash is enough to store. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** Undefined when it cannot be one of ours: then nobody need be asked. */
export const hashSecret = (secret: string): string | undefined =>
  /^[\w-]{43}$/.test(secret) ? createHash('sha256').update(secret).digest('base64url') : undefined
