import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { EntraCloud } from '@sallyport/verifier'
import { FEDERATION_KEYS } from '../../exchange/key-kind.ts'
import type { RsaJwk } from '../../exchange/key-kind.ts'
import { createKeysOf } from '../../exchange/signing-keys.ts'
import type { SigningKeysOptions } from '../../exchange/signing-keys.ts'

/** Below the public URL. Not the URL itself, whose issuer signs for callers (docs/decisions/0020). */
export const FEDERATION_PATH = '/federation'

const LIFE_SECONDS = 300
/** Clocks need not agree to the second. */
const BACKDATED_SECONDS = 30

/** What a federated credential of the sync app must say, letter by letter (S2E-02). */
export interface FederatedCredential {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

/** Sallyport as an OpenID Connect issuer that Microsoft Entra trusts: workload identity federation, without a secret. */
export interface Federation {
  readonly issuer: string
  credentialFor(teamspaceId: string, cloud: EntraCloud | undefined): FederatedCredential
  /** A JWT that proves the teamspace to the token endpoint of this cloud, and to nobody else. */
  sign(teamspaceId: string, cloud: EntraCloud): Promise<string>
  discovery(): object
  published(): Promise<readonly RsaJwk[]>
}

export interface FederationOptions extends SigningKeysOptions {
  readonly publicUrl: string
}

export function createFederation({ publicUrl, ...options }: FederationOptions): Federation {
  const issuer = `${publicUrl}${FEDERATION_PATH}`
  const keys = createKeysOf(FEDERATION_KEYS, options)
  const credentialFor: Federation['credentialFor'] = (teamspaceId, cloud) => ({
    issuer,
    subject: `teamspace:${teamspaceId}`,
    audience: audienceOf(cloud),
  })
  return {
    issuer,
    credentialFor,
    async sign(teamspaceId, cloud) {
      const { subject, audience } = credentialFor(teamspaceId, cloud)
      const { privateKey, publicJwk } = await keys.current()
      const iat = Math.floor(options.now() / 1000) - BACKDATED_SECONDS
      return new SignJWT({ iss: issuer, sub: subject, aud: audience, jti: randomUUID(), iat, nbf: iat })
        .setProtectedHeader({ alg: 'RS256', kid: publicJwk.kid, typ: 'JWT' })
        .setExpirationTime(iat + LIFE_SECONDS)
        .sign(privateKey)
    },
    discovery: () => ({
      issuer,
      jwks_uri: `${issuer}${KEYS_PATH}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    published: async () => keys.published(),
  }
}

export const DISCOVERY_PATH = '/.well-known/openid-configuration'
export const KEYS_PATH = '/.well-known/jwks.json'

/** By address: an operator may call a cloud as they like (M-02). */
const AUDIENCES: Readonly<Record<string, string>> = {
  'https://login.microsoftonline.us': 'api://AzureADTokenExchangeUSGov',
  'https://login.partner.microsoftonline.cn': 'api://AzureADTokenExchangeChina',
}

const audienceOf = (cloud: EntraCloud | undefined): string =>
  (cloud && AUDIENCES[cloud.authority]) ?? 'api://AzureADTokenExchange'
