import { isSecureUrl } from '../secure-url.ts'
import { VerificationFault } from '../fault.ts'
import { fetchJson, type FetchJsonOptions } from '../fetch-json.ts'
import { isJsonObject } from '../jwt/strict-json.ts'

const MAX_BYTES = 256 * 1024

/**
 * Where the keys of an issuer are: OpenID Connect Discovery §4, then the forms of RFC 8414 §3.1. The document must name
 * this very issuer (§3.3), or anybody could publish keys for it.
 */
export async function discoverKeysUrl(issuer: string, options: Omit<FetchJsonOptions, 'maxBytes'>): Promise<string> {
  const metadata = await fetchMetadata(issuer, options)
  const { issuer: named, jwks_uri: keysUrl } = metadata
  if (named !== issuer) {
    throw new IssuerMismatch(issuer, named)
  }
  if (typeof keysUrl !== 'string' || !mayServeKeys(keysUrl, issuer)) {
    throw unavailable(`The metadata of ${issuer} has no jwks_uri that is https: ${quote(keysUrl)}`)
  }
  return keysUrl
}

/** The metadata names another issuer. Both are shown, since the difference is often one slash. */
export class IssuerMismatch extends VerificationFault {
  readonly expected: string
  readonly presented: string

  constructor(issuer: string, named: unknown) {
    super(
      'keys_unavailable',
      `${issuer} is configured, but its metadata names the issuer ${quote(named)}: they must be equal`,
    )
    this.name = 'IssuerMismatch'
    this.expected = issuer
    this.presented = typeof named === 'string' ? named.slice(0, 300).replace(/\p{C}/gu, '?') : '(none)'
  }
}

async function fetchMetadata(issuer: string, options: Omit<FetchJsonOptions, 'maxBytes'>) {
  for (const url of metadataUrls(issuer)) {
    const { status, body } = await fetchJson(url, { ...options, maxBytes: MAX_BYTES })
    if (status === 200 && isJsonObject(body)) return body
    // "Not here" sends us on to the next form; that the issuer is down does not.
    if (status === 200 || status === 429 || status >= 500)
      throw unavailable(`${url} answered ${status} without metadata`)
  }
  throw unavailable(`${issuer} has no metadata`)
}

export function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const [openid, oauth] = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']
  return [...new Set([`${origin}${path}${openid}`, `${origin}${oauth}${path}`, `${origin}${openid}${path}`])]
}

/** An issuer on the internet does not send us to a service on our own machine. */
const mayServeKeys = (keysUrl: string, issuer: string) =>
  isSecureUrl(keysUrl) && (new URL(keysUrl).protocol === 'https:' || new URL(issuer).protocol === 'http:')

const quote = (value: unknown) => (JSON.stringify(value) ?? 'none').slice(0, 200)
const unavailable = (message: string) => new VerificationFault('keys_unavailable', message)
