import { parseClaims, type WantedClaims } from '../claims-parameter.ts'
import { getClient, getTenant, SHARED_AUTHORITIES } from '../directory/tenants.ts'
import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import type { AuthorizationCode } from '../grants.ts'
import type { Parameters } from '../parameters.ts'
import { getRedirect, type Redirect } from '../redirect-uris.ts'
import type { AppRegistration, Platform, Tenant } from '../seed.ts'
import { checkResourceParameter } from '../token/token-request.ts'
import { parseScopes, type RequestedScopes } from '../tokens/scopes.ts'

export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** Where answers may go. Until this is known, errors are shown and not redirected (RFC 6749 §4.1.2.1). */
export interface ReplyAddress extends Redirect {
  readonly tenant: Tenant
  readonly client: AppRegistration
  readonly mode: ResponseMode
  readonly state: string | undefined
}

export interface AuthorizationRequest extends ReplyAddress {
  readonly scope: string
  readonly requested: RequestedScopes
  readonly challenge: AuthorizationCode['challenge']
  readonly nonce: string | undefined
  readonly prompt: string | undefined
  readonly loginHint: string | undefined
  readonly wanted: WantedClaims
}

export function readReplyAddress({ seed }: Emulation, tenantName: string, params: Parameters): ReplyAddress {
  if (SHARED_AUTHORITIES.includes(tenantName)) throw new EntraError(50194)
  const tenant = getTenant(seed, tenantName)
  const client = getClient(tenant, params.get('client_id'))
  const redirect = getRedirect(client, params.find('redirect_uri'))
  return { tenant, client, ...redirect, mode: readMode(params), state: params.find('state') }
}

const isMode = (mode: string): mode is ResponseMode => ['query', 'fragment', 'form_post'].includes(mode)

function readMode(params: Parameters): ResponseMode {
  const mode = params.find('response_mode') ?? 'query'
  if (!isMode(mode)) throw new EntraError(70007, { detail: `Asked: '${mode}'.` })
  return mode
}

export function readAuthorizationRequest(address: ReplyAddress, params: Parameters): AuthorizationRequest {
  const { tenant, client, platform } = address
  const responseType = params.get('response_type')
  if (responseType !== 'code') throw new EntraError(70005, { detail: `Asked: '${responseType}'.` })
  const scope = params.get('scope')
  const requested = parseScopes(tenant, client, scope)
  checkResourceParameter(tenant, params.find('resource'), requested.resources)
  return {
    ...address,
    scope,
    requested,
    challenge: readChallenge(params, platform),
    nonce: params.find('nonce'),
    prompt: params.find('prompt'),
    loginHint: params.find('login_hint'),
    wanted: parseClaims(params.find('claims')),
  }
}

/** RFC 7636 §4.3: `plain` unless the method is named. Only single-page apps must use PKCE at Entra. */
function readChallenge(params: Parameters, platform: Platform): AuthorizationCode['challenge'] {
  const value = params.find('code_challenge')
  const method = params.find('code_challenge_method') ?? 'plain'
  if (value === undefined) {
    if (platform === 'spa') throw new EntraError(9002325)
    return undefined
  }
  if (method !== 'S256' && method !== 'plain') throw new EntraError(50149, { detail: `Asked: '${method}'.` })
  if (!/^[\w.~-]{43,128}$/.test(value)) throw new EntraError(501491)
  return { method, value }
}
