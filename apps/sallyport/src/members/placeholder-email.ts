import { createHash } from 'node:crypto'

const DOMAIN = '@unnamed.invalid'

/** What a person is called whose e-mail is unknown or another member's. RFC 2606 §2: `.invalid` is nobody's domain. */
export function placeholderEmail(issuer: string, subject: string): string {
  const digest = createHash('sha256').update(`${issuer}\n${subject}`).digest('hex')
  return `user-${digest.slice(0, 16)}${DOMAIN}`
}

export const isPlaceholder = (email: string): boolean => email.endsWith(DOMAIN)
