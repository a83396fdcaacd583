import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSigningKey, type TokenIssuer } from './tokens.ts'

/** Stands in for an Entra tenant: two signing keys, served where the tenant's discovery says. */
export async function startKeyServer(): Promise<{ issuer: TokenIssuer; server: Server }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const tenantId = '7e9a0000-0000-4000-8000-00000000be9c'
  const issuer: TokenIssuer = {
    issuer: `${origin}/${tenantId}/v2.0`,
    tenantId,
    audience: 'a0d10000-0000-4000-8000-00000000be9c',
    scope: 'mcp.access',
    issuedAt: Math.floor(Date.now() / 1000) - 60,
    keys: [createSigningKey(), createSigningKey()],
  }
  const documents = new Map<string, object>([
    [`/${tenantId}/v2.0/.well-known/openid-configuration`, discovery(origin, issuer)],
    [`/${tenantId}/discovery/v2.0/keys`, keySet(issuer)],
  ])
  server.on('request', (request, response) => {
    const document = documents.get(new URL(request.url ?? '/', origin).pathname)
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document ?? {}))
  })
  return { issuer, server }
}

const discovery = (origin: string, { issuer, tenantId }: TokenIssuer) => ({
  issuer,
  jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
  authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
  token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
  response_types_supported: ['code'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
})

/** Entra adds `issuer` to each key: a key speaks for that issuer only. */
const keySet = ({ issuer, keys }: TokenIssuer) => ({
  keys: keys.map(({ kid, jwk }) => ({ kty: 'RSA', use: 'sig', kid, x5t: kid, issuer, ...jwk })),
})
