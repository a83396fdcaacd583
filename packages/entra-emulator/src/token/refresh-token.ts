import { authenticateClient } from '../clients/authenticate-client.ts'
import { EntraError } from '../entra-error.ts'
import { REFRESH_LIFETIME_MS, SPA_REFRESH_LIFETIME_MS, type RefreshToken } from '../grants.ts'
import { getUsableUser } from '../sign-in-checks.ts'
import { parseScopes } from '../tokens/scopes.ts'
import { parseClaims } from '../claims-parameter.ts'
import { checkPlatform, type TokenRequest } from './token-request.ts'
import { respondForUser, type TokenResponse } from './token-response.ts'

/** A new refresh token comes with each answer; the old one keeps working, as in Entra. */
export async function refresh(request: TokenRequest): Promise<TokenResponse> {
  const { emulation, tenant, client } = request
  const token = getRefreshToken(request)
  checkPlatform(request, token.platform)
  const proof = await authenticateClient(emulation, tenant, client, request.credentials)
  const user = getUsableUser(tenant, client, token.userId)
  const wanted = parseClaims(request.form.find('claims'))
  if (wanted.authContexts.some((context) => !token.authContexts.includes(context)))
    throw new EntraError(50076, { error: 'invalid_grant', claims: request.form.get('claims') })
  const { clientCapabilities } = wanted
  const signIn = clientCapabilities.length > 0 ? { ...token, clientCapabilities } : token
  const scope = getScope(request, token)
  return respondForUser({
    request,
    proof,
    user,
    signIn,
    scope,
    platform: token.platform,
    startedAtMs: token.startedAtMs,
  })
}

function getRefreshToken({ emulation, tenant, client, form }: TokenRequest): RefreshToken {
  const token = emulation.grants.refreshTokens.get(form.get('refresh_token'))
  if (token === undefined) throw new EntraError(9002313)
  if (token.tenantId !== tenant.id || token.clientId !== client.appId) throw new EntraError(70000)
  if (emulation.grants.isRevoked(token)) throw new EntraError(50173)
  const now = emulation.now()
  if (token.platform === 'spa' && token.startedAtMs + SPA_REFRESH_LIFETIME_MS <= now) throw new EntraError(700084)
  if (token.issuedAtMs + REFRESH_LIFETIME_MS <= now) throw new EntraError(700082)
  return token
}

/**
 * Without a resource scope the scopes of the grant count. Clients report one exception: an application that
 * is its own resource is refused (90009) unless the scopes name it, or the grant named it by GUID.
 */
function getScope({ tenant, client, form }: TokenRequest, token: RefreshToken): string {
  const asked = form.find('scope')
  if (asked !== undefined && parseScopes(tenant, client, asked).resources.length > 0) return asked
  const [granted] = parseScopes(tenant, client, token.scope).resources
  if (granted?.resource.appId === client.appId && granted.identifier.toLowerCase() !== client.appId)
    throw new EntraError(90009, { detail: `Application '${client.appId}'.` })
  return asked === undefined ? token.scope : [...new Set(`${token.scope} ${asked}`.split(' '))].join(' ')
}
