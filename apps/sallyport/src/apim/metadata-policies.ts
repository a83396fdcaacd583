import { policyJson } from './escape.ts'
import type { ApimInputs } from './inputs.ts'
import { namesOf } from './names.ts'
import { JSON_TYPE, PUBLIC_DOCUMENT, policies, returnResponse, when } from './policy-parts.ts'

export const ENDPOINT_METADATA_OPERATION = 'prm-metadata-endpoint'

const document = (body: object, headers: readonly string[]): string =>
  returnResponse(200, 'OK', [JSON_TYPE, ...headers], policyJson(body))

function protectedResource(inputs: ApimInputs, resource: string) {
  const { issuer, qualifiedScope } = namesOf(inputs)
  return {
    resource,
    authorization_servers: [issuer],
    scopes_supported: [qualifiedScope],
    bearer_methods_supported: ['header'],
  }
}

/** prm-policy.xml: protected resource metadata (RFC 9728), at the root and at the path of the endpoint. */
export function prmPolicy(inputs: ApimInputs): string {
  const { apiResource, endpointResource } = namesOf(inputs)
  const atPath = document(protectedResource(inputs, endpointResource), PUBLIC_DOCUMENT)
  const atRoot = document(protectedResource(inputs, apiResource), PUBLIC_DOCUMENT)
  const inbound = `<!-- Corrected: at the path of the endpoint, resource has to be that endpoint (RFC 9728 section 3.3). -->
${when(`context.Operation.Id == "${ENDPOINT_METADATA_OPERATION}"`, atPath)}
${atRoot}`
  return policies([['inbound', inbound]])
}

export function faithfulPrmPolicy(inputs: ApimInputs): string {
  return policies([['inbound', document(protectedResource(inputs, namesOf(inputs).apiResource), [])]])
}

/** as-metadata-policy.xml: authorization server metadata (RFC 8414). Without registration: the client id is pasted. */
export function asMetadataPolicy(inputs: ApimInputs, faithful: boolean): string {
  const { issuer, qualifiedScope, authority } = namesOf(inputs)
  const body = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${authority}/${inputs.tenant}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access', qualifiedScope],
  }
  return policies([['inbound', document(body, faithful ? [] : PUBLIC_DOCUMENT)]])
}
