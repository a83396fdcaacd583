import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createIdentityProvider } from 'identity-provider'
import type { User } from 'identity-provider'

export const CLIENT = { client_id: 'mcp-client', redirect_uri: 'http://localhost:33418/callback' }
const MAX_STEPS = 12

/**
 * The identity provider of the examples, at an issuer with a path, watched and switched off at will. Its people need not
 * type anything: `login_hint` says who they are, or else the first of them signs in.
 */
export async function startOidcIdp(users: readonly User[]) {
  const requests: string[] = []
  let listener: RequestListener = (_request, response) => void response.writeHead(503).end()
  let down = false
  const server = createServer((request, response) => {
    requests.push(request.url!)
    if (down) return void response.writeHead(503).end()
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/staff`
  const provider = createIdentityProvider({
    issuer,
    users,
    clients: [{ clientId: CLIENT.client_id, redirectUris: [CLIENT.redirect_uri] }],
    scopes: ['mcp.access', 'other.scope'],
  })
  listener = provider.listener

  return {
    issuer,
    /** Paths that were asked for, in order. */
    requests,
    metadataUrl: `${issuer}/.well-known/openid-configuration`,
    /** Whether every request is answered 503. */
    setDown: (value: boolean) => void (down = value),
    rotateKey: provider.rotateKey,
    sign: provider.sign,
    /** Signs a person in as an MCP client would, with PKCE and a resource (RFC 8707). */
    signIn: (email: string, resource: string, scope = 'openid mcp.access') =>
      signIn(issuer, { email, resource, scope }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export type OidcIdp = Awaited<ReturnType<typeof startOidcIdp>>

export interface Tokens {
  readonly access_token: string
  readonly id_token?: string
}

interface Asked {
  readonly email: string
  readonly resource: string
  readonly scope: string
}

async function signIn(issuer: string, { email, resource, scope }: Asked): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    ...CLIENT,
    response_type: 'code',
    scope,
    resource,
    state: randomUUID(),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const callback = await browse(new URL(`${issuer}/auth?${query}`), { email })
  const code = callback.searchParams.get('code')
  if (code === null) throw new Error(`no code: ${callback.search}`)
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...CLIENT,
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      resource,
    }),
  })
  if (!answer.ok) throw new Error(`no token: ${await answer.text()}`)
  return (await answer.json()) as Tokens
}

/** A browser as far as this sign-in needs one: follows redirects and keeps cookies. Answers where it was sent back to. */
export async function browse(authorizationUrl: URL, { email }: { readonly email: string }): Promise<URL> {
  const redirectUri = authorizationUrl.searchParams.get('redirect_uri')
  const cookies = new Map<string, string>()
  let url = new URL(authorizationUrl)
  url.searchParams.set('login_hint', email)
  for (let step = 0; step < MAX_STEPS; step++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      cookies.set(name!, value!)
    }
    const location = response.headers.get('location')
    if (location === null) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
    await response.body?.cancel()
    url = new URL(location, url)
    if (url.href.startsWith(`${redirectUri}?`)) return url
  }
  throw new Error(`the sign-in does not end: ${url}`)
}
