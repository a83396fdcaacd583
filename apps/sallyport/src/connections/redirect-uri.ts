import { isSecureUrl } from '../http/loopback.ts'

/** What MCP clients on laptops and VS Code for the web register with the gateway's application. */
export const DEFAULT_REDIRECT_URIS: readonly string[] = [
  'http://localhost/callback',
  'http://localhost/oauth/callback',
  'http://127.0.0.1/',
  'http://127.0.0.1/callback',
  'http://127.0.0.1/oauth/callback',
  'https://vscode.dev/redirect',
]

/** What is wrong with a redirect URI that a teamspace wants to trust; undefined when nothing is. */
export function redirectUriProblem(text: string): string | undefined {
  if (text.length > 256) return 'must be at most 256 characters'
  if (text.includes('*')) return 'must not contain a wildcard'
  if (text.includes('#')) return 'must not have a fragment' // RFC 6749 §3.1.2
  if (!URL.canParse(text)) return 'must be an absolute URL'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'must not have user information'
  if (!isSecureUrl(url)) {
    return 'must be https, or http on localhost or 127.0.0.1'
  }
  // Comparison is by characters (RFC 9700 §2.1): a spelling that a browser would rewrite must not be trusted.
  if (url.href !== text && url.href !== `${text}/`) return `must be written as ${url.href}`
  return undefined
}
