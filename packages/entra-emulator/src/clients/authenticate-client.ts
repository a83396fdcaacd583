import { timingSafeEqual } from 'node:crypto'
import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import type { Parameters } from '../parameters.ts'
import type { AppRegistration, Tenant } from '../seed.ts'
import type { ClientProof } from '../tokens/access-token.ts'
import { verifyClientAssertion } from './client-assertion.ts'

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

const equal = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Nothing to prove itself with and no Web redirect: such a registration is a public client. */
const isPublicClient = ({ secrets, certificates, federatedCredentials, redirectUris }: AppRegistration): boolean =>
  secrets.length + certificates.length + federatedCredentials.length + redirectUris.web.length === 0

export interface Credentials {
  readonly secret?: string
  readonly assertion?: string
}

/** `basicSecret` came in the Authorization header (RFC 6749 §2.3.1). */
export function readCredentials(form: Parameters, basicSecret: string | undefined): Credentials {
  const secret = form.find('client_secret') ?? basicSecret
  const assertion = form.find('client_assertion')
  if (assertion !== undefined && form.find('client_assertion_type') !== ASSERTION_TYPE)
    throw new EntraError(70002, { detail: `client_assertion_type must be ${ASSERTION_TYPE}.` })
  return { ...(secret !== undefined && { secret }), ...(assertion !== undefined && { assertion }) }
}

export async function authenticateClient(
  emulation: Emulation,
  tenant: Tenant,
  client: AppRegistration,
  { secret, assertion }: Credentials,
): Promise<ClientProof> {
  if (isPublicClient(client) && (secret ?? assertion) !== undefined) throw new EntraError(700025)
  if (assertion !== undefined) {
    await verifyClientAssertion(emulation, tenant, client, assertion)
    return 'certificate'
  }
  if (secret === undefined) return 'none'
  const known = client.secrets.find((candidate) => equal(candidate.value, secret))
  if (known === undefined) throw new EntraError(7000215, { detail: `Application '${client.appId}'.` })
  if (known.expiresAt !== undefined && Date.parse(known.expiresAt) <= emulation.now())
    throw new EntraError(7000222, { detail: `Application '${client.appId}', key '${known.keyId}'.` })
  return 'secret'
}
