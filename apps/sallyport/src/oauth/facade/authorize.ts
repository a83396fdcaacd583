import type { Places } from '../metadata/places.ts'
import type { SignIn } from '../sign-in.ts'
import { isRegisteredRedirectUri } from './redirect-uri.ts'
import { hasRepeatedParameter } from './repeated-parameter.ts'
import { qualifyScope, withOfflineAccess } from './scope.ts'

const MAX_QUERY = 16 * 1024

/** Parameters that go on to Entra as they are; `resource`, which it refuses, and unknown ones do not (S2C-22, S2C-27). */
const PASSED_ON = ['prompt', 'login_hint', 'domain_hint', 'claims', 'nonce'] as const

export type AuthorizeOutcome =
  | { readonly kind: 'redirect'; readonly location: string }
  /** Shown to the person: nothing is sent to a redirect URI before it is known to be the client's. */
  | { readonly kind: 'page'; readonly error: string; readonly says: string }

export interface AuthorizeOptions {
  readonly places: Places
  readonly resourceRequired: boolean
}

const page = (error: string, says: string): AuthorizeOutcome => ({ kind: 'page', error, says })

/** Checks an authorization request (RFC 6749 §4.1.1, RFC 7636, RFC 8707) and sends the browser on to Entra. */
export function authorize(
  query: string,
  signIn: SignIn,
  { places, resourceRequired }: AuthorizeOptions,
): AuthorizeOutcome {
  if (query.length > MAX_QUERY) return page('invalid_request', 'The request is too long.')
  const params = new URLSearchParams(query)
  if (hasRepeatedParameter(params)) return page('invalid_request', 'A parameter is repeated.')
  const clientId = params.get('client_id') ?? ''
  const redirectUri = params.get('redirect_uri') ?? ''
  if (!signIn.clientIds.includes(clientId.toLowerCase())) {
    return page('invalid_client', 'This client id is not registered for this sign-in.')
  }
  if (!isRegisteredRedirectUri(redirectUri, signIn.connection.facade.redirectUris)) {
    return page('invalid_request', 'This redirect URI is not registered for this client.')
  }
  if (
    !/^[A-Za-z0-9_-]{43}$/.test(params.get('code_challenge') ?? '') ||
    params.get('code_challenge_method') !== 'S256'
  ) {
    return page('invalid_request', 'PKCE with S256 is required.') // MCP; absent means plain (RFC 7636 §4.3)
  }
  const state = rawValue(query, 'state')
  const back = (error: string) => ({ kind: 'redirect', location: withQuery(redirectUri, { error }, state) }) as const
  if (params.get('response_type') !== 'code') return back('unsupported_response_type')
  if ((params.get('response_mode') ?? 'query') !== 'query') return back('invalid_request')
  const resources = params.getAll('resource')
  if (resources.length === 0 && resourceRequired) return back('invalid_target')
  if (!resources.every((resource) => places.isOurResource(resource, signIn.named))) return back('invalid_target')
  const scope = qualifyScope(params.get('scope') ?? '', signIn)
  if (scope === undefined) return back('invalid_scope')
  const passed = PASSED_ON.flatMap((name) => (params.has(name) ? [[name, params.get(name)!]] : []))
  const onward = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: withOfflineAccess(scope),
    code_challenge: params.get('code_challenge')!,
    code_challenge_method: 'S256',
    ...Object.fromEntries(passed),
  }
  return { kind: 'redirect', location: withQuery(signIn.authorizationEndpoint, onward, state) }
}

/** `state` is the client's own: its bytes go through as they came, never decoded and encoded again. */
function rawValue(query: string, name: string): string | undefined {
  const pair = query.split('&').find((part) => part.startsWith(`${name}=`))
  const value = pair?.slice(name.length + 1)
  return value !== undefined && /^[\x21-\x7e]*$/.test(value) ? value.replaceAll('#', '%23') : undefined
}

function withQuery(uri: string, params: Record<string, string>, state: string | undefined): string {
  const query = new URLSearchParams(params).toString() + (state === undefined ? '' : `&state=${state}`)
  return `${uri}${uri.includes('?') ? '&' : '?'}${query}`
}
