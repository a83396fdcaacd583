import { isSecureUrl } from '../http/loopback.ts'

const MAX_LENGTH = 512

/** What is wrong with the address of an issuer; undefined when nothing is. Its spelling is kept: tokens repeat it exactly. */
export function issuerProblem(text: string): string | undefined {
  return addressProblem(text) ?? (/[?#]/.test(text) ? 'must not have a query or fragment' : undefined) // OIDC Core §2
}

/** The same for an address of the issuer's own, such as that of its keys. */
export function addressProblem(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters`
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return 'must be an https URL'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'must not have user information'
  if (url.hash !== '') return 'must not have a fragment'
  return isSecureUrl(url) ? undefined : 'must be https (http on loopback only)'
}
