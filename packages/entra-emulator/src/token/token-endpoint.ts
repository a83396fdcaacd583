import { createHash } from 'node:crypto'
import { readCredentials } from '../clients/authenticate-client.ts'
import { getClient, getTenant, SHARED_AUTHORITIES } from '../directory/tenants.ts'
import type { Emulation } from '../emulation.ts'
import { EntraError } from '../entra-error.ts'
import { toParameters, type Parameters } from '../parameters.ts'
import type { Tenant } from '../seed.ts'
import { redeemCode } from './authorization-code.ts'
import { grantToClient } from './client-credentials.ts'
import { actOnBehalf } from './on-behalf-of.ts'
import { refresh } from './refresh-token.ts'
import type { TokenRequest } from './token-request.ts'
import type { TokenResponse } from './token-response.ts'

const GRANTS: Readonly<Record<string, (request: TokenRequest) => Promise<TokenResponse>>> = {
  authorization_code: redeemCode,
  refresh_token: refresh,
  client_credentials: grantToClient,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': actOnBehalf,
}
const LOOP_WINDOW_MS = 60_000

export interface TokenCall {
  readonly tenantName: string
  readonly body: URLSearchParams
  readonly authorization: string | undefined
  readonly origin: string | undefined
}

export async function answerTokenCall(emulation: Emulation, call: TokenCall): Promise<TokenResponse> {
  if (SHARED_AUTHORITIES.includes(call.tenantName)) throw new EntraError(9001023)
  const tenant = getTenant(emulation.seed, call.tenantName)
  const fingerprint = createHash('sha256').update(`${tenant.id} ${call.body}`).digest('base64url')
  const failures = emulation.grants.failures.get(fingerprint) ?? { count: 0 }
  if (failures.count >= tenant.loopThreshold) throw new EntraError(50196)
  try {
    return await grant(emulation, tenant, call)
  } catch (refusal) {
    emulation.grants.failures.set(fingerprint, { count: failures.count + 1 }, LOOP_WINDOW_MS)
    throw refusal
  }
}

async function grant(emulation: Emulation, tenant: Tenant, call: TokenCall): Promise<TokenResponse> {
  const form = toParameters(call.body, emulation)
  const grantType = form.get('grant_type')
  const respond = Object.hasOwn(GRANTS, grantType) ? GRANTS[grantType] : undefined
  if (respond === undefined) throw new EntraError(70003, { detail: `Asked: '${grantType}'.` })
  const basic = readBasic(call.authorization)
  const client = getClient(tenant, clientIdOf(form, basic))
  const credentials = readCredentials(form, basic?.secret)
  return respond({ emulation, tenant, client, credentials, origin: call.origin, form })
}

const clientIdOf = (form: Parameters, basic: { clientId: string } | undefined): string =>
  form.find('client_id') ?? basic?.clientId ?? form.get('client_id')

/** RFC 6749 §2.3.1: both halves are form-encoded before base64. */
function readBasic(authorization: string | undefined): { clientId: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [clientId = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const decode = (text: string): string => new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? ''
  return { clientId: decode(clientId), secret: decode(rest.join(':')) }
}
