import { GRAPH_APP_ID } from '../directory/graph-registration.ts'
import type { Platform, User } from '../seed.ts'
import type { SignIn } from '../grants.ts'
import { issueAccessToken, type ClientProof } from '../tokens/access-token.ts'
import { grantedValues } from '../tokens/consent.ts'
import { issueIdToken } from '../tokens/id-token.ts'
import { parseScopes, singleResource } from '../tokens/scopes.ts'
import { checkResourceParameter, type TokenRequest } from './token-request.ts'

export interface UserTokenRequest {
  readonly request: TokenRequest
  readonly proof: ClientProof
  readonly user: User
  readonly signIn: SignIn
  readonly scope: string
  readonly platform: Platform
  readonly nonce?: string | undefined
  /** When the first token of this chain was issued. */
  readonly startedAtMs: number
}

export type TokenResponse = Record<string, string | number>

/** The answer to every grant that ends in a token for a user. */
export async function respondForUser(asked: UserTokenRequest): Promise<TokenResponse> {
  const { request, user, signIn, proof } = asked
  const { emulation, tenant, client } = request
  const requested = parseScopes(tenant, client, asked.scope)
  checkResourceParameter(tenant, request.form.find('resource'), requested.resources)
  const target = singleResource(tenant, requested)
  const values = grantedValues(client, user, target)
  const oidc = requested.oidc.filter((scope) => scope !== 'offline_access')
  const isGraph = target.resource.appId === GRAPH_APP_ID
  const scopes = isGraph ? [...oidc, ...values] : values

  const issued = await issueAccessToken(emulation, {
    tenant,
    client,
    proof,
    resource: target.resource,
    identifier: target.identifier,
    onBehalfOf: { user, signIn, scopes },
  })
  const names = values.map((value) => (isGraph ? value : `${target.identifier}/${value}`))
  const response: TokenResponse = {
    token_type: 'Bearer',
    scope: [...(isGraph ? oidc : []), ...names].join(' '),
    expires_in: issued.expiresInSeconds,
    ext_expires_in: issued.expiresInSeconds,
    access_token: issued.token,
  }
  if (requested.oidc.includes('offline_access')) response['refresh_token'] = addRefreshToken(asked)
  if (requested.oidc.includes('openid'))
    response['id_token'] = await issueIdToken(emulation, {
      ...{ tenant, client, user, signIn, oidc },
      ...(asked.nonce !== undefined && { nonce: asked.nonce }),
    })
  return response
}

function addRefreshToken({ request, signIn, scope, platform, startedAtMs }: UserTokenRequest): string {
  const { emulation, tenant, client } = request
  return emulation.grants.addRefreshToken({
    ...signIn,
    tenantId: tenant.id,
    clientId: client.appId,
    platform,
    scope,
    startedAtMs,
  })
}
