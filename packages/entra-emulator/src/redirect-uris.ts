import { EntraError } from './entra-error.ts'
import type { AppRegistration, Platform } from './seed.ts'

const PLATFORMS: readonly Platform[] = ['web', 'spa', 'publicClient']
const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1']

const DOT_SEGMENT = /\/\.{1,2}(?:[/?]|$)/

function toUrl(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url === null || DOT_SEGMENT.test(text)) return undefined
  // No fragment and no userinfo: the code would travel to another place than the eye sees.
  return url.hash !== '' || url.username !== '' || url.password !== '' ? undefined : url
}

/** Loopback ports are ignored (RFC 8252 §7.3); scheme, host, path and query must agree, case-sensitively. */
function matches(registered: string, presented: string): boolean {
  if (registered === presented) return true
  const [ours, theirs] = [toUrl(registered), toUrl(presented)]
  if (ours === undefined || theirs === undefined) return false
  if (ours.protocol !== 'http:' || !LOOPBACK_HOSTS.includes(ours.hostname)) return ours.href === theirs.href
  return (['protocol', 'hostname', 'pathname', 'search'] as const).every((part) => ours[part] === theirs[part])
}

export interface Redirect {
  readonly redirectUri: string
  /** Decides how the code must be redeemed. */
  readonly platform: Platform
}

export function getRedirect(client: AppRegistration, redirectUri: string | undefined): Redirect {
  if (PLATFORMS.every((platform) => client.redirectUris[platform].length === 0)) throw new EntraError(500113)
  if (redirectUri === undefined) throw new EntraError(900971)
  const usable = toUrl(redirectUri) !== undefined
  const platform = PLATFORMS.find((name) => client.redirectUris[name].some((uri) => matches(uri, redirectUri)))
  if (!usable || platform === undefined) throw new EntraError(50011, { detail: `Asked: '${redirectUri}'.` })
  return { redirectUri, platform }
}
