import type {
  OAuthClientInformation,
  OAuthClientProvider,
  OAuthDiscoveryState,
  OAuthTokens,
} from '@modelcontextprotocol/client'

const REDIRECT_URI = 'http://localhost/callback'
const MAX_REDIRECTS = 10

/**
 * What an MCP client keeps of its sign-in, with a browser that needs no person: parameters such as `login_hint` take the
 * sign-in page out of the way, and the last redirect is read instead of followed.
 */
export class HeadlessSignIn implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT_URI
  readonly clientMetadata = {
    redirect_uris: [REDIRECT_URI],
    client_name: 'Sallyport tour',
    token_endpoint_auth_method: 'none',
  }
  readonly #answers: Readonly<Record<string, string>>
  readonly #fetch: typeof fetch
  #client: OAuthClientInformation | undefined
  #tokens: OAuthTokens | undefined
  #verifier = ''
  #discovery: OAuthDiscoveryState | undefined
  #callback: URLSearchParams | undefined
  #signInOrigin: string | undefined

  /** The answers are what the person would type, as parameters of the authorization request. */
  constructor(answers: Readonly<Record<string, string>>, fetcher: typeof fetch) {
    this.#answers = answers
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

  /** Where the person was sent to sign in. */
  get signInOrigin(): string | undefined {
    return this.#signInOrigin
  }

  /** Parameters of the last redirect, once the sign-in went through. */
  takeCallback(): URLSearchParams {
    if (!this.#callback) throw new Error('the sign-in did not come back')
    return this.#callback
  }

  async redirectToAuthorization(authorizationUrl: URL): Promise<void> {
    this.#signInOrigin = authorizationUrl.origin
    let next = new URL(authorizationUrl)
    for (const [name, value] of Object.entries(this.#answers)) next.searchParams.set(name, value)
    const cookies = new Map<string, string>()
    for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
      const response = await this.#fetch(next, { redirect: 'manual', headers: { cookie } })
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
        cookies.set(name!, value!)
      }
      await response.body?.cancel()
      const location = response.headers.get('location')
      if (location === null) throw new Error(`the sign-in stopped at ${next.origin} with ${response.status}`)
      next = new URL(location, next)
      if (next.href.startsWith(`${REDIRECT_URI}?`)) return void (this.#callback = next.searchParams)
    }
    throw new Error('the sign-in redirects without end')
  }
}
