import type {
  OAuthClientInformation,
  OAuthClientProvider,
  OAuthDiscoveryState,
  OAuthTokens,
} from '@modelcontextprotocol/client'

const REDIRECT_URI = 'http://localhost/callback'
const MAX_REDIRECTS = 5

/**
 * What an MCP client keeps of its sign-in, with a browser that needs no person: `login_hint` and `prompt=none` take the
 * emulator's sign-in page out of the way, and the last redirect is read instead of followed.
 */
export class HeadlessSignIn implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT_URI
  readonly clientMetadata = { redirect_uris: [REDIRECT_URI], client_name: 'Sallyport tour' }
  readonly #email: string
  readonly #fetch: typeof fetch
  #client: OAuthClientInformation | undefined
  #tokens: OAuthTokens | undefined
  #verifier = ''
  #discovery: OAuthDiscoveryState | undefined
  #callback: URLSearchParams | undefined

  constructor(email: string, fetcher: typeof fetch) {
    this.#email = email
    this.#fetch = fetcher
  }

  clientInformation = () => this.#client
  saveClientInformation = (client: OAuthClientInformation) => void (this.#client = client)
  tokens = () => this.#tokens
  saveTokens = (tokens: OAuthTokens) => void (this.#tokens = tokens)
  codeVerifier = () => this.#verifier
  discoveryState = () => this.#discovery
  saveDiscoveryState = (discovery: OAuthDiscoveryState) => void (this.#discovery = discovery)
  saveCodeVerifier = (verifier: string) => void (this.#verifier = verifier)

  /** Parameters of the last redirect, once the sign-in went through. */
  takeCallback(): URLSearchParams {
    if (!this.#callback) throw new Error('the sign-in did not come back')
    return this.#callback
  }

  async redirectToAuthorization(authorizationUrl: URL): Promise<void> {
    let next = new URL(authorizationUrl)
    next.searchParams.set('login_hint', this.#email)
    next.searchParams.set('prompt', 'none')
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const response = await this.#fetch(next, { redirect: 'manual' })
      const location = response.headers.get('location')
      if (location === null) throw new Error(`the sign-in stopped at ${next.origin} with ${response.status}`)
      next = new URL(location, next)
      if (next.href.startsWith(`${REDIRECT_URI}?`)) return void (this.#callback = next.searchParams)
    }
    throw new Error('the sign-in redirects without end')
  }
}
