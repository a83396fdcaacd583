import { authenticateClient } from '../clients/authenticate-client.ts'
import { clientRoles } from '../directory/directory.ts'
import { EntraError } from '../entra-error.ts'
import { issueAccessToken } from '../tokens/access-token.ts'
import { parseScopes } from '../tokens/scopes.ts'
import { checkConfidential, checkResourceParameter, type TokenRequest } from './token-request.ts'
import type { TokenResponse } from './token-response.ts'

/** Entra gives any application of the tenant a token for any other, roles or not, unless assignment is required. */
export async function grantToClient(request: TokenRequest): Promise<TokenResponse> {
  const { emulation, tenant, client, form } = request
  const scope = form.get('scope')
  checkConfidential(request, 7000216)
  const proof = await authenticateClient(emulation, tenant, client, request.credentials)
  const words = scope.split(' ').filter((word) => word !== '')
  if (words.length !== 1) throw new EntraError(70011, { detail: `Scope: '${scope}'.` })
  if (!scope.endsWith('/.default')) throw new EntraError(1002012, { detail: `Scope: '${scope}'.` })
  const requested = parseScopes(tenant, client, scope)
  checkResourceParameter(tenant, form.find('resource'), requested.resources)
  const [target] = requested.resources
  if (target === undefined) throw new EntraError(70011, { detail: `Scope: '${scope}'.` })
  const { resource, identifier } = target
  if (resource.assignmentRequired && clientRoles(resource, client).length === 0)
    throw new EntraError(501051, { detail: `Client '${client.appId}', resource '${resource.appId}'.` })
  const issued = await issueAccessToken(emulation, { tenant, client, proof, resource, identifier })
  return {
    token_type: 'Bearer',
    expires_in: issued.expiresInSeconds,
    ext_expires_in: issued.expiresInSeconds,
    access_token: issued.token,
  }
}
