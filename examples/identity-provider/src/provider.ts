import { randomBytes } from 'node:crypto'
import { Provider } from 'oidc-provider'
import type { MemoryAdapter } from './memory-adapter.ts'

export interface User {
  /** Never changes, unlike the e-mail. */
  readonly sub: string
  readonly email: string
  /** Further claims of this person's access tokens. */
  readonly claims?: Readonly<Record<string, unknown>>
}

export interface Client {
  readonly clientId: string
  readonly redirectUris: readonly string[]
}

export interface ProviderOptions {
  readonly users: readonly User[]
  /** Public clients that are known without registering (RFC 7591), as any other may. */
  readonly clients?: readonly Client[]
  /** Scopes of the resources that tokens are for. */
  readonly scopes?: readonly string[]
}

export const DEFAULT_SCOPES = ['mcp.access']
const HOUR = 3600

interface Inner extends ProviderOptions {
  readonly adapter: MemoryAdapter
  readonly jwk: object
}

/** JWT access tokens for whichever resource is asked for (RFC 8707, RFC 9068), by code with PKCE. */
export function createProvider(issuer: string, { users, clients = [], scopes, adapter, jwk }: Inner): Provider {
  const resourceScopes = scopes ?? DEFAULT_SCOPES
  const find = (sub: string | undefined) => users.find((user) => user.sub === sub)
  return new Provider(issuer, {
    adapter,
    jwks: { keys: [jwk] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: clients.map(toMetadata),
    scopes: ['openid', 'offline_access', ...resourceScopes],
    claims: { openid: ['sub', 'email'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    findAccount: (_context: unknown, sub: string) => {
      const user = find(sub)
      return user && { accountId: sub, claims: () => ({ sub, email: user.email }) }
    },
    extraTokenClaims: (_context: unknown, { accountId }: { accountId?: string }) => find(accountId)?.claims,
    interactions: {
      url: (_context: unknown, { uid }: { uid: string }) => `${pathOf(issuer)}/interaction/${uid}`,
    },
    ttl: {
      AccessToken: HOUR,
      IdToken: HOUR,
      Grant: 24 * HOUR,
      RefreshToken: 24 * HOUR,
      Session: HOUR,
      Interaction: HOUR,
    },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: resourceScopes.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  })
}

/** The path of an issuer, without a slash at the end: everything it serves is below. */
export const pathOf = (issuer: string) => new URL(issuer).pathname.replace(/\/$/, '')

const toMetadata = ({ clientId, redirectUris }: Client) => ({
  client_id: clientId,
  redirect_uris: redirectUris,
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token'],
})
