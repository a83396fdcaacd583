import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign as signBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { compactJws } from './entra-tokens.ts'

export interface IdpUser {
  readonly sub: string
  readonly email: string
  /** Further claims of this person's access tokens. */
  readonly claims?: Readonly<Record<string, unknown>>
}

export const CLIENT = { client_id: 'mcp-client', redirect_uri: 'http://localhost:33418/callback' }
const PATH = '/realms/staff'
const MAX_STEPS = 12

interface Key {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly jwk: object
}

function createKey(kid: string): Key {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { kid, privateKey, jwk: { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' } }
}

/**
 * A real OpenID provider: discovery, authorization code with PKCE, registration, resource indicators. Its people need not
 * type anything: `login_hint` says who they are, or else the first of them signs in.
 */
export async function startOidcIdp(users: readonly IdpUser[]) {
  const requests: string[] = []
  let listener: RequestListener = (_request, response) => void response.writeHead(503).end()
  let down = false
  const server = createServer((request, response) => {
    requests.push(request.url!)
    if (down) return void response.writeHead(503).end()
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = `${origin}${PATH}`
  const metadataUrl = `${issuer}/.well-known/openid-configuration`
  let key = createKey('key-1')
  listener = listenerOf(issuer, users, key)

  const idp = {
    issuer,
    /** Paths that were asked for, in order. */
    requests,
    metadataUrl,
    /** Whether every request is answered 503. */
    setDown: (value: boolean) => void (down = value),
    /** Another key under another name, in the key set and in use, at once: as in an emergency. */
    rotateKey(): void {
      key = createKey(`key-${randomUUID()}`)
      listener = listenerOf(issuer, users, key)
    },
    /** A token with exactly these claims, signed by the present key. */
    sign: (payload: object, header: object = {}): string =>
      compactJws({ alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...header }, payload, (input) => signRs256(input, key)),
    /** Signs a person in as an MCP client would, with PKCE and a resource (RFC 8707). */
    signIn: (email: string, resource: string, scope = 'openid mcp.access') =>
      signIn(issuer, { email, resource, scope }),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return idp
}

export type OidcIdp = Awaited<ReturnType<typeof startOidcIdp>>

function signRs256(input: Buffer, { privateKey }: Key): Buffer {
  return signBytes('RSA-SHA256', input, privateKey)
}

function listenerOf(issuer: string, users: readonly IdpUser[], key: Key): RequestListener {
  const provider = createProvider(issuer, users, key)
  const callback = provider.callback()
  return (request, response) => {
    const path = request.url!
    // RFC 8414 §3.1: the well-known part of an issuer with a path stands before that path.
    const inserted = /^\/\.well-known\/([a-z-]+)(\/realms\/staff)$/.exec(path)
    const own = inserted ? `${inserted[2]}/.well-known/${inserted[1]}` : path
    if (own.startsWith(`${PATH}/interaction/`)) {
      request.url = own.slice(PATH.length)
      answerInteraction(provider, users, request, response).catch((error: Error) =>
        response.writeHead(500).end(error.message),
      )
      return
    }
    if (!own.startsWith(`${PATH}/`)) return void response.writeHead(404).end()
    Object.assign(request, { originalUrl: own })
    request.url = own.slice(PATH.length)
    callback(request, response)
  }
}

function createProvider(issuer: string, users: readonly IdpUser[], key: Key): Provider {
  const userOf = (sub: string) => users.find((user) => user.sub === sub)
  return new Provider(issuer, {
    jwks: { keys: [key.jwk] },
    adapter: memoryAdapter(),
    cookies: { keys: ['of-the-tests'] },
    clients: [
      {
        client_id: CLIENT.client_id,
        redirect_uris: [CLIENT.redirect_uri],
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    scopes: ['openid', 'offline_access', 'mcp.access', 'other.scope'],
    claims: { openid: ['sub', 'email'] },
    responseTypes: ['code'],
    findAccount: (_context: unknown, sub: string) =>
      userOf(sub) && { accountId: sub, claims: () => ({ sub, email: userOf(sub)!.email }) },
    extraTokenClaims: (_context: unknown, { accountId }: { accountId?: string }) => userOf(accountId ?? '')?.claims,
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `${PATH}/interaction/${uid}` },
    ttl: { AccessToken: 3600, RefreshToken: 3600, Interaction: 60, Session: 60, Grant: 3600, IdToken: 3600 },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: 'mcp.access other.scope',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  })
}

/** Where a provider keeps its sessions and grants: its own is the same, with a warning on stderr for each provider. */
function memoryAdapter() {
  const kept = new Map<string, Record<string, unknown>>()
  return (model: string) => {
    const keyOf = (id: string) => `${model}:${id}`
    const where = async (matches: (payload: Record<string, unknown>) => boolean) => [...kept.values()].find(matches)
    return {
      upsert: async (id: string, payload: Record<string, unknown>) => void kept.set(keyOf(id), payload),
      find: async (id: string) => kept.get(keyOf(id)),
      findByUid: (uid: string) => where((payload) => payload['uid'] === uid),
      findByUserCode: (userCode: string) => where((payload) => payload['userCode'] === userCode),
      consume: async (id: string) => void Object.assign(kept.get(keyOf(id)) ?? {}, { consumed: 1 }),
      destroy: async (id: string) => void kept.delete(keyOf(id)),
      revokeByGrantId: async (grantId: string) => {
        for (const [key, payload] of kept) if (payload['grantId'] === grantId) kept.delete(key)
      },
    }
  }
}

/** The pages that a person would see: who they are, and that the client may have what it asks for. */
async function answerInteraction(
  provider: Provider,
  users: readonly IdpUser[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    const user = users.find(({ email }) => email === params['login_hint']) ?? users[0]!
    return provider.interactionFinished(request, response, { login: { accountId: user.sub } })
  }
  if (grantId !== undefined) throw new Error('nobody here has consented before')
  const grant = new provider.Grant({ accountId: session!.accountId, clientId: params['client_id']! })
  grant.addOIDCScope('openid offline_access mcp.access other.scope')
  if (params['resource'] !== undefined) grant.addResourceScope(params['resource'], params['scope'] ?? '')
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

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
