import { createHash, randomBytes } from 'node:crypto'

export const REDIRECT_URI = 'http://localhost:33418/callback'

/** A browser without pictures: it keeps cookies and follows redirects until a page, or until it is back at the client. */
export function createBrowser(headers: Readonly<Record<string, string>> = { accept: 'text/html,*/*' }) {
  const cookies = new Map<string, string>()
  return async function open(url: URL | string, init: RequestInit = {}): Promise<{ url: URL; page: string }> {
    let [next, request] = [new URL(url), init]
    for (let hop = 0; hop < 10; hop++) {
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
      const response = await fetch(next, { ...request, redirect: 'manual', headers: { ...headers, cookie } })
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
        if (value === '') cookies.delete(name!)
        else cookies.set(name!, value!)
      }
      const location = response.headers.get('location')
      if (location === null) return { url: next, page: await response.text() }
      await response.body?.cancel()
      ;[next, request] = [new URL(location, next), {}]
      if (next.href.startsWith(REDIRECT_URI)) return { url: next, page: '' }
    }
    throw new Error('it redirects without end')
  }
}

/** A client that registered, as MCP clients do (RFC 7591). */
export async function registerClient(issuer: string, clientName: string) {
  const registered = await fetch(`${issuer}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: clientName,
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
    }),
  })
  const { client_id: clientId } = (await registered.json()) as { client_id: string }
  const verifier = randomBytes(32).toString('base64url')
  return {
    authorizationUrl(parameters: Readonly<Record<string, string>>): URL {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: REDIRECT_URI,
        response_type: 'code',
        scope: 'openid mcp.access',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...parameters,
      })
      return new URL(`${issuer}/auth?${query}`)
    },
    async redeem(callback: URL): Promise<string> {
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: clientId,
          redirect_uri: REDIRECT_URI,
          code: callback.searchParams.get('code')!,
          code_verifier: verifier,
        }),
      })
      return ((await answer.json()) as { access_token: string }).access_token
    },
  }
}
