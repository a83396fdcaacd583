import { isJsonObject, type JsonObject } from '../jwt/strict-json.ts'

interface Provider {
  /** Addresses that are this product's own; others are told by `provider` in the connection. */
  readonly issuer: RegExp
  /** Claims, words or objects, by which an access token without any scope can be told from an ID token of the same client. */
  readonly marks: Readonly<Record<string, RegExp | 'object'>>
  /** What these claims must say where they are present. */
  readonly must: Readonly<Record<string, string>>
  /** What an admin can do about it. */
  readonly audienceMissing: string
  readonly audienceOther: string
  readonly scopeMissing: string
}

const ASK_FOR_AUDIENCE = 'Let the client ask for a token of this audience.'

export const OIDC_PROVIDERS = {
  auth0: {
    issuer: /\.auth0\.com\/$/,
    marks: { gty: /^client-credentials$/ },
    must: {},
    audienceMissing:
      'Auth0: register an API with this audience as its identifier and send it as `audience` to /authorize.',
    audienceOther:
      'Auth0: the client must send the identifier of the API as `audience`, or the tenant must name it as default audience.',
    scopeMissing: 'Auth0: add the scope to the permissions of the API, and let the client ask for it.',
  },
  clerk: {
    issuer: /\.clerk\.accounts\.dev$|\/\/clerk\./,
    marks: { sid: /^sess_/ },
    must: { sts: 'active' },
    audienceMissing:
      'Clerk: session tokens have no aud unless it is added: customise the session token, or make a JWT template, with an `aud` claim.',
    audienceOther: 'Clerk: the `aud` of the session token or JWT template names another audience.',
    scopeMissing: 'Clerk: session tokens have no scope: add a `scope` claim to the JWT template, or require none.',
  },
  entra: {
    issuer: /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0$/,
    marks: {},
    must: { ver: '2.0' },
    audienceMissing: 'Entra: request a scope of your own API (api://…), not one of Microsoft Graph.',
    audienceOther: 'Entra: the aud of v2 tokens is the client id (GUID) of the API, not its api:// URI.',
    scopeMissing:
      'Entra: expose the scope on the API and grant it to the client. App-only tokens have none; use an entra connection for them.',
  },
  keycloak: {
    issuer: /\/realms\/[^/]+$/,
    marks: { typ: /^Bearer$/ },
    must: { typ: 'Bearer' },
    audienceMissing: 'Keycloak: add an Audience mapper for this audience to a client scope of the client.',
    audienceOther:
      'Keycloak: access tokens are for `account` unless an Audience mapper in a client scope of the client names this audience.',
    scopeMissing:
      'Keycloak: make a client scope with this name, with "Include in token scope" on, and assign it to the client.',
  },
  kubernetes: {
    issuer:
      /^https:\/\/(kubernetes\.default\.svc(\.|:|$)|oidc\.eks\.|container\.googleapis\.com\/v1\/projects\/|[^/]+\.oic\.prod-aks\.azure\.com\/)/,
    marks: { 'kubernetes.io': 'object' },
    must: {},
    audienceMissing: 'Kubernetes: tokens of service-account secrets have no aud. Project one with an `audience`.',
    audienceOther:
      'Kubernetes: project a serviceAccountToken with this `audience` into the pod, or use `kubectl create token --audience`.',
    scopeMissing: 'Kubernetes: tokens of service accounts have no scope; require none.',
  },
  okta: {
    issuer: /\.okta(preview|-emea)?\.com(\/|$)/,
    marks: { cid: /./ },
    must: {},
    audienceMissing: 'Okta: use a custom authorization server (…/oauth2/default) and set its audience.',
    audienceOther:
      'Okta: set the audience of the custom authorization server. Tokens of the org authorization server (issuer without /oauth2/…) are for Okta alone.',
    scopeMissing:
      'Okta: add the scope to the custom authorization server, and to the access policy rule of the client.',
  },
} as const satisfies Record<string, Provider>

export type OidcProvider = keyof typeof OIDC_PROVIDERS

const UNKNOWN: Provider = {
  issuer: /$^/,
  marks: {},
  must: {},
  audienceMissing: `The identity provider put no aud into the token. ${ASK_FOR_AUDIENCE}`,
  audienceOther: `The token is for another resource. ${ASK_FOR_AUDIENCE}`,
  scopeMissing: 'Let the identity provider grant the scope, and the client ask for it.',
}

/** What an admin has to set up at the issuer so that its tokens are accepted. */
export function oidcAdvice(connection: {
  readonly provider?: OidcProvider
  readonly issuer: string
  readonly requiredScope: string | null
}): string[] {
  const { audienceOther, scopeMissing } = providerOf(connection)
  return connection.requiredScope === null ? [audienceOther] : [audienceOther, scopeMissing]
}

export const isOidcProvider = (name: unknown): name is OidcProvider =>
  typeof name === 'string' && Object.hasOwn(OIDC_PROVIDERS, name)

export function providerOf({
  provider,
  issuer,
}: {
  readonly provider?: OidcProvider
  readonly issuer: string
}): Provider {
  const name = provider ?? providerNameOf(issuer)
  return name === undefined ? UNKNOWN : OIDC_PROVIDERS[name]
}

/** The product that an issuer's address tells. */
export const providerNameOf = (issuer: string): OidcProvider | undefined =>
  (Object.keys(OIDC_PROVIDERS) as OidcProvider[]).find((name) => OIDC_PROVIDERS[name].issuer.test(issuer))

/** The first claim that says something that it must not say, if there is one. */
export function contradiction({ must }: Provider, claims: JsonObject): { claim: string; expected: string } | undefined {
  for (const [claim, expected] of Object.entries(must)) {
    if (claims[claim] !== undefined && claims[claim] !== expected) return { claim, expected }
  }
  return undefined
}

export const isMarked = ({ marks }: Provider, claims: JsonObject): boolean =>
  Object.entries(marks).some(([claim, mark]) => {
    const said = claims[claim]
    return mark === 'object' ? isJsonObject(said) : typeof said === 'string' && mark.test(said)
  })
