import { GRAPH_APP_ID } from './directory/graph-registration.ts'
import { findTenant, getTenant, SHARED_AUTHORITIES } from './directory/tenants.ts'
import { v1Issuer, v2Issuer, type Emulation } from './emulation.ts'
import type { SigningKey } from './keys/key-ring.ts'

/** `/common` and `/organizations` speak of any tenant by this placeholder, braces included. */
const ANY_TENANT = '{tenantid}'

/** Entra's document: no `code_challenge_methods_supported` and no `registration_endpoint`, though PKCE works. */
export function openidConfiguration({ url, seed }: Emulation, tenantName: string, version: 'v1' | 'v2') {
  const shared = SHARED_AUTHORITIES.includes(tenantName)
  const tenantId = shared ? ANY_TENANT : getTenant(seed, tenantName).id
  const base = `${url}/${shared ? tenantName : tenantId}`
  const v2 = version === 'v2'
  return {
    token_endpoint: `${base}/oauth2/${v2 ? 'v2.0/' : ''}token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery/${v2 ? 'v2.0/' : ''}keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: v2 ? v2Issuer(url, tenantId) : v1Issuer(tenantId),
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${url}/graph/oidc/userinfo`,
    authorization_endpoint: `${base}/oauth2/${v2 ? 'v2.0/' : ''}authorize`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/oauth2/${v2 ? 'v2.0/' : ''}logout`,
    claims_supported: CLAIMS,
    tenant_region_scope: shared ? null : 'WW',
    cloud_instance_name: new URL(url).host,
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: `${new URL(url).host}/graph`,
    rbac_url: 'https://pas.windows.net',
  }
}

const CLAIMS = ['sub', 'iss', 'cloud_instance_name', 'cloud_instance_host_name', 'cloud_graph_host_name', 'msgraph_host', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'nonce', 'preferred_username', 'name', 'tid', 'ver', 'at_hash', 'c_hash', 'email'] // prettier-ignore

export async function keySet(emulation: Emulation, tenantName: string, version: 'v1' | 'v2', appId?: string) {
  const { url, seed, keys } = emulation
  const shared = SHARED_AUTHORITIES.includes(tenantName)
  const tenantId = shared ? ANY_TENANT : getTenant(seed, tenantName).id
  const hasOwnKeys = findTenant(seed, tenantId)?.apps.some((app) => app.appId === appId && app.customSigningKeys)
  const published = await keys.published(tenantId, appId !== GRAPH_APP_ID && hasOwnKeys ? appId : undefined)
  // v1 key sets do not say whose keys they are.
  const issuer = (key: SigningKey) => (version === 'v2' ? { issuer: v2Issuer(url, key.onlyTenantId ?? tenantId) } : {})
  return { keys: published.map((key) => ({ ...toJwk(key), ...issuer(key) })) }
}

/** Without `alg`, as Entra publishes them: a verifier must bring its own list of algorithms. */
function toJwk({ kid, x5t, x5c, publicKey }: SigningKey) {
  const { n, e } = publicKey.export({ format: 'jwk' })
  return { kty: 'RSA', use: 'sig', kid, x5t, n, e, x5c: [x5c] }
}
