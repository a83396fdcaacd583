import { randomUUID } from 'node:crypto'
import type { OAuthClientProvider as ProviderV2 } from '@modelcontextprotocol/client'
import type { OAuthClientProvider as ProviderV1 } from '@modelcontextprotocol/sdk/client/auth.js'
import { type Person, signInAt } from './browser.ts'

const REDIRECT_URI = 'http://localhost:33418/callback'

type Tokens = NonNullable<Awaited<ReturnType<ProviderV1['tokens']>>>

interface Client {
  readonly client_id: string
  /** SDK v2 uses a client at the issuer that it belongs to only (SEP-2352). */
  readonly issuer?: string
}

export interface SignInOptions {
  /** The client that the person pasted; otherwise the client registers. */
  readonly client?: Client
  /** How this client writes the `resource` it was told. */
  readonly resource?: (published: string) => string
  /** SDK v1 asks for the scope of the challenge and nothing more; its user has to add `offline_access`. */
  readonly askForRefreshToken?: boolean
  /** The browser, where the sign-in page is not the emulator's. */
  readonly browse?: (authorizationUrl: URL, person: Person) => Promise<URL>
}

/** What the official SDKs, of either version, keep of a sign-in; and everything that was seen of it. */
export function memorySignIn(person: Person, options: SignInOptions = {}) {
  const { resource, askForRefreshToken = false, browse = signInAt } = options
  let { client } = options
  let tokens: Tokens | undefined
  let verifier = ''
  let discovery: Parameters<NonNullable<ProviderV2['saveDiscoveryState']>>[0] | undefined
  let callback: URL | undefined
  const visited: URL[] = []

  return {
    redirectUrl: REDIRECT_URI,
    clientMetadata: {
      redirect_uris: [REDIRECT_URI],
      client_name: 'End to end',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    state: () => randomUUID(),
    clientInformation: () => client,
    saveClientInformation: (registered: Client) => void (client = registered),
    tokens: () => tokens,
    saveTokens: (saved: Tokens) => void (tokens = saved),
    codeVerifier: () => verifier,
    saveCodeVerifier: (saved: string) => void (verifier = saved),
    discoveryState: () => discovery,
    saveDiscoveryState: (saved: typeof discovery) => void (discovery = saved),
    ...(resource && {
      validateResourceURL: async (_server: URL | string, published?: string) => new URL(resource(published!)),
    }),
    async redirectToAuthorization(authorizationUrl: URL) {
      if (askForRefreshToken) authorizationUrl.searchParams.set('scope', `${scopeOf(authorizationUrl)} offline_access`)
      visited.push(authorizationUrl)
      callback = await browse(authorizationUrl, person)
    },
    /** Parameters of the last redirect. */
    takeCallback: (): URLSearchParams => callback!.searchParams,
    /** Every authorization request of this client. */
    visited,
  } satisfies ProviderV1 & ProviderV2 & Record<string, unknown>
}

const scopeOf = (authorizationUrl: URL) => authorizationUrl.searchParams.get('scope') ?? ''

export type MemorySignIn = ReturnType<typeof memorySignIn>
