import { clientAuthentication } from '../../exchange/client-authentication.ts'
import { boundedFetch } from '../../exchange/bounded-fetch.ts'
import type { Places } from '../metadata/places.ts'
import type { SignIn } from '../sign-in.ts'
import { isRegisteredRedirectUri } from './redirect-uri.ts'
import { hasRepeatedParameter } from './repeated-parameter.ts'
import { qualifyScope } from './scope.ts'

const TIMEOUT_MS = 20_000
const MAX_ANSWER_BYTES = 256 * 1024

/** Only these grants: any other would make the facade an open relay into the tenant (S2C-31). */
const GRANTS: Readonly<Record<string, readonly string[]>> = {
  authorization_code: ['code', 'redirect_uri', 'code_verifier'],
  refresh_token: ['refresh_token'],
}
const CLIENT_PROOF = ['client_secret', 'client_assertion', 'client_assertion_type']

export interface TokenAnswer {
  readonly status: number
  readonly body: string
  readonly retryAfter?: string | undefined
}

export interface TokenOptions {
  readonly places: Places
  readonly resourceRequired: boolean
  readonly fetch: typeof fetch
}

const refuse = (error: string, description: string, status = 400): TokenAnswer => ({
  status,
  body: JSON.stringify({ error, error_description: description }),
})

/** Checks a token request and passes it to Entra; of the request's headers nothing goes on (S2C-32). */
export async function token(form: string, signIn: SignIn, options: TokenOptions): Promise<TokenAnswer> {
  const params = new URLSearchParams(form)
  const refusal = checkTokenRequest(params, signIn, options)
  if (refusal) return refusal
  const grantType = params.get('grant_type')!
  const onward = new URLSearchParams({ grant_type: grantType, client_id: params.get('client_id')! })
  for (const name of [...GRANTS[grantType]!, ...CLIENT_PROOF]) {
    const value = params.get(name)
    if (value !== null) onward.set(name, value)
  }
  // Entra answers a refresh without a scope with AADSTS90009; a code already carries its scope.
  if (grantType === 'refresh_token' || params.has('scope')) {
    const scope = qualifyScope(params.get('scope') ?? 'offline_access', signIn)
    if (scope === undefined) return refuse('invalid_scope', 'The scope belongs to another resource.')
    onward.set('scope', scope)
  }
  return passOn(onward, signIn, options)
}

function checkTokenRequest(params: URLSearchParams, signIn: SignIn, options: TokenOptions): TokenAnswer | undefined {
  if (hasRepeatedParameter(params)) return refuse('invalid_request', 'A parameter is repeated.')
  const grantType = params.get('grant_type')
  if (grantType === null) return refuse('invalid_request', 'grant_type is missing.')
  if (!Object.hasOwn(GRANTS, grantType))
    return refuse('unsupported_grant_type', 'Only codes and refresh tokens are taken here.')
  if (!signIn.clientIds.includes((params.get('client_id') ?? '').toLowerCase())) {
    return refuse('invalid_client', 'This client id is not registered for this sign-in.', 401)
  }
  const resources = params.getAll('resource')
  if (resources.length === 0 && options.resourceRequired) return refuse('invalid_target', 'resource is missing.')
  if (!resources.every((resource) => options.places.isOurResource(resource, signIn.named))) {
    return refuse('invalid_target', 'The resource is not served here.')
  }
  if (grantType !== 'authorization_code') return undefined
  if (!params.get('code_verifier')) return refuse('invalid_request', 'code_verifier is missing.')
  if (!isRegisteredRedirectUri(params.get('redirect_uri') ?? '', signIn.connection.facade.redirectUris)) {
    return refuse('invalid_grant', 'This redirect URI is not registered for this client.')
  }
  return undefined
}

async function passOn(onward: URLSearchParams, signIn: SignIn, options: TokenOptions): Promise<TokenAnswer> {
  const unavailable = refuse('temporarily_unavailable', 'The identity provider cannot be reached.', 503)
  try {
    const headers = new Headers({ accept: 'application/json' })
    await injectClientProof(onward, headers, signIn)
    const response = await boundedFetch(options.fetch, MAX_ANSWER_BYTES)(signIn.tokenEndpoint, {
      method: 'POST',
      body: onward,
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const retryAfter = response.headers.get('retry-after') ?? undefined
    if (response.status >= 500) return { ...unavailable, retryAfter }
    const body = await response.text()
    // A page in place of an answer, from whatever stands in between, is no verdict about the code.
    return isJson(body) ? { status: response.status, body, retryAfter } : unavailable
  } catch {
    return unavailable
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** `clientAuth: inject`, for redirect URIs of the Web platform: Entra then wants the client's own proof (D-05). */
async function injectClientProof(
  onward: URLSearchParams,
  headers: Headers,
  { connection, tokenEndpoint }: SignIn,
): Promise<void> {
  const { facade, onBehalfOf } = connection
  const clientId = onward.get('client_id')!
  if (facade.clientAuth !== 'inject' || onBehalfOf?.clientId !== clientId.toLowerCase()) return
  for (const name of CLIENT_PROOF) onward.delete(name)
  const authenticate = await clientAuthentication(onBehalfOf.credential)
  await authenticate({ issuer: tokenEndpoint, token_endpoint: tokenEndpoint }, { client_id: clientId }, onward, headers)
}
