import { isSecureUrl } from '../secure-url.ts'
import type { Awaitable } from '../when-ready.ts'
import { isOidcProvider, type OidcProvider } from './providers.ts'

/** One `(iss, aud)` whose access tokens are accepted, and what they must carry. */
export interface OidcConnection {
  /** The teamspace that all its tokens are of. A connection has this or `teamspaceClaim`. */
  readonly teamspaceId?: string
  /** For an issuer that serves several teamspaces and is trusted to say which: the claim that has the teamspace's id. */
  readonly teamspaceClaim?: string
  /** Exactly as tokens and discovery spell it, with or without the last slash. */
  readonly issuer: string
  /** What `aud` must name: the resource, not the client. */
  readonly audience: string
  /** A word that `scope` or `scp` must contain; null asks only that the token shows that it is an access token. */
  readonly requiredScope: string | null
  /** Clients (`azp`, `client_id` or `cid`) that are accepted. Empty: any client of the issuer. */
  readonly allowedClients?: readonly string[]
  /** Which product the issuer is, for the reasons of refusals; told by the issuer's address unless given. */
  readonly provider?: OidcProvider
  /** The claim that identifies a person for good: `sub`, unless told. Okta's `sub` is the login by default, its `uid` the person. */
  readonly subjectClaim?: string
  /** Where the keys are, for an issuer without discovery. */
  readonly keysUrl?: string
}

/** Where connections come from. An empty list is authoritative; "could not tell" is thrown. */
export interface OidcConnectionSource {
  find(issuer: string): Awaitable<readonly OidcConnection[]>
}

/** Throws unless the connection can be used. There is no connection without an audience. */
export function checkOidcConnection(connection: OidcConnection): void {
  const { teamspaceId, teamspaceClaim, issuer, audience, keysUrl, provider, subjectClaim } = connection
  if (!isWord(teamspaceId ?? teamspaceClaim) || (teamspaceId !== undefined && teamspaceClaim !== undefined)) {
    throw new TypeError('An OIDC connection needs a teamspaceId or a teamspaceClaim, and not both')
  }
  if (!isWord(issuer) || !isSecureUrl(issuer) || !isPlain(new URL(issuer))) {
    throw new TypeError(`The issuer must be an https URL (http only on loopback) without query or fragment: ${issuer}`)
  }
  if (!isWord(audience)) throw new TypeError(`The connection to ${issuer} needs an audience`)
  if (provider !== undefined && !isOidcProvider(provider)) throw new TypeError(`No provider is named ${provider}`)
  if (subjectClaim !== undefined && !isWord(subjectClaim)) throw new TypeError('subjectClaim must name a claim')
  if (keysUrl !== undefined && !isSecureUrl(keysUrl)) throw new TypeError(`keysUrl must be https: ${keysUrl}`)
}

const isWord = (value: unknown) => typeof value === 'string' && value.trim() !== '' && value.length <= 2048
const isPlain = ({ search, hash, username, password }: URL) => `${search}${hash}${username}${password}` === ''

export function toOidcSource(connections: readonly OidcConnection[] | OidcConnectionSource): OidcConnectionSource {
  if ('find' in connections && !Array.isArray(connections)) return connections as OidcConnectionSource
  const byIssuer = new Map<string, OidcConnection[]>()
  for (const connection of connections as readonly OidcConnection[]) {
    checkOidcConnection(connection)
    const { issuer, audience } = connection
    const others = byIssuer.get(issuer) ?? []
    if (others.some((other) => other.audience === audience)) {
      throw new TypeError(`Two connections for issuer ${issuer} and audience ${audience}`)
    }
    byIssuer.set(issuer, [...others, connection])
  }
  return { find: (issuer) => byIssuer.get(issuer) ?? [] }
}
