import type { ServerSignIn } from '../server-sign-in.ts'
import type { SignIn } from '../sign-in.ts'
import type { Places } from './places.ts'

/** RFC 9728 §2. `offline_access` is not the resource's and stays out (S2C-03). */
export function protectedResourceMetadata(resource: string, { authorizationServers, scopes }: ServerSignIn) {
  return {
    resource,
    authorization_servers: authorizationServers,
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
  }
}

/**
 * RFC 8414 §2 for the facade: Entra's own document lacks `code_challenge_methods_supported`, without which MCP clients
 * must refuse (S2C-13). No `authorization_response_iss_parameter_supported`: Entra redirects without our `iss` (S2C-14).
 */
export function authorizationServerMetadata(signIn: SignIn, places: Places, registration: 'none' | 'static') {
  const issuer = places.issuer(signIn.named)
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    ...(registration === 'static' && { registration_endpoint: `${issuer}/register` }),
    jwks_uri: signIn.keysUri,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access', signIn.scope],
  }
}
