import {
  allowInsecureRequests,
  Configuration,
  customFetch,
  genericGrantRequest,
  ResponseBodyError,
} from 'openid-client'
import type { ClientAuth } from 'openid-client'
import { entraIssuer } from '@sallyport/verifier'
import type { EntraCloud, EntraClouds } from '@sallyport/verifier'
import { findCloud } from '../connections/find-cloud.ts'
import type { EntraConnectionRecord } from '../connections/connection.ts'
import { GateFault } from '../outcome/fault.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { clientAuthentication } from './client-authentication.ts'
import type { TokenEndpointError } from './entra-failure.ts'

const TIMEOUT_SECONDS = 20
const MAX_ANSWER_BYTES = 256 * 1024

export interface IssuedToken {
  readonly accessToken: string
  readonly expiresInSeconds: number
}

export interface TokenEndpointOptions {
  readonly clouds: EntraClouds
  readonly fetch?: typeof fetch
  /** 20, unless set. */
  readonly timeoutSeconds?: number
}

/** Which grant, and the parameters that go with it. */
export type GrantParameters = Readonly<Record<string, string>> & { readonly grant: string }

/** Asks the connection's Entra tenant for a token, as its gateway client. An error answer is returned, for its meaning differs. */
export async function askTokenEndpoint(
  connection: EntraConnectionRecord,
  parameters: GrantParameters,
  options: TokenEndpointOptions,
): Promise<IssuedToken | TokenEndpointError> {
  const { clientId, credential } = connection.onBehalfOf!
  cloudOf(connection, options)
  const authentication = await clientAuthentication(credential).catch((cause: Error) => {
    const hint = `The gateway client cannot prove itself: ${cause.message}`
    throw new GateFault('exchange_misconfigured', hint, { cause, detail: { hint } })
  })
  return askTokenEndpointAs({ connection, clientId, authentication }, parameters, options)
}

/** A client of the connection's tenant, and how it proves itself. */
export interface TenantClient {
  readonly connection: EntraConnectionRecord
  readonly clientId: string
  readonly authentication: ClientAuth
}

/** The same for any client of that tenant. */
export async function askTokenEndpointAs(
  { connection, clientId, authentication }: TenantClient,
  { grant, ...parameters }: GrantParameters,
  options: TokenEndpointOptions,
): Promise<IssuedToken | TokenEndpointError> {
  const cloud = cloudOf(connection, options)
  const token_endpoint = `${endpointsOf(connection, options)}/token`
  const server = { issuer: entraIssuer(cloud, connection.tenantId), token_endpoint }
  const configuration = new Configuration(server, clientId, undefined, authentication)
  configuration.timeout = options.timeoutSeconds ?? TIMEOUT_SECONDS
  const bounded = boundedFetch(options.fetch ?? fetch, MAX_ANSWER_BYTES)
  let response: Response | undefined
  configuration[customFetch] = (async (...request: Parameters<typeof fetch>) =>
    (response = await bounded(...request))) as never
  if (cloud.authority.startsWith('http:')) allowInsecureRequests(configuration) // loopback only: the configuration sees to it
  try {
    const answer = await genericGrantRequest(configuration, grant, parameters)
    if (!/^[\x21-\x7e]+$/.test(answer.access_token)) throw new Error('the access token fits into no header')
    return { accessToken: answer.access_token, expiresInSeconds: answer.expires_in ?? 0 }
  } catch (error) {
    const failed = error instanceof ResponseBodyError ? fromBody(error) : fromStatus(response)
    if (failed) return failed
    throw new GateFault('exchange_unavailable', 'the token endpoint gave no usable answer', {
      cause: withoutBody(error),
    })
  }
}

/** Where the tenant's OAuth endpoints are: of the connection alone, never of what a token names. */
export const endpointsOf = (connection: EntraConnectionRecord, options: TokenEndpointOptions): string =>
  `${cloudOf(connection, options).authority}/${connection.tenantId}/oauth2/v2.0`

function cloudOf({ cloud }: EntraConnectionRecord, { clouds }: TokenEndpointOptions): EntraCloud {
  const found = findCloud(clouds, cloud)
  if (found === undefined) throw new GateFault('exchange_misconfigured', `no cloud is named ${cloud}`)
  return found
}

/** Answers may echo what was sent; only the error's own name goes on. */
const withoutBody = (error: unknown) =>
  new Error(error instanceof Error ? `${error.name}: ${error.message}` : 'unknown')

/** The status alone says enough of an answer without an OAuth error, such as the page of a proxy. */
function fromStatus(response: Response | undefined): TokenEndpointError | undefined {
  if (!response || (response.status !== 429 && response.status < 500)) return undefined
  const { status } = response
  const unknown = { error: undefined, codes: [], claims: undefined, correlationId: undefined }
  return { status, ...unknown, retryAfterSeconds: retryAfterOf(response) }
}

function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after'))
  return seconds > 0 ? seconds : undefined
}

/** What stands in an answer goes on to the audit trail: only what looks like a name or an id, never an echo of the request. */
const ERROR_NAME = /^[a-z0-9_.-]{1,64}$/i
const CORRELATION_ID = /^[0-9a-f-]{36}$/i

function fromBody({ status, error, cause, response }: ResponseBodyError): TokenEndpointError {
  const { error_codes: codes, claims, correlation_id: correlationId } = cause as Record<string, unknown>
  return {
    status,
    error: ERROR_NAME.test(error) ? error : undefined,
    codes: Array.isArray(codes) ? codes.filter((code) => typeof code === 'number') : [],
    claims: typeof claims === 'string' ? claims : undefined,
    correlationId: typeof correlationId === 'string' && CORRELATION_ID.test(correlationId) ? correlationId : undefined,
    retryAfterSeconds: retryAfterOf(response),
  }
}
