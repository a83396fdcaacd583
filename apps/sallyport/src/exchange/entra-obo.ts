import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import {
  allowInsecureRequests,
  Configuration,
  customFetch,
  genericGrantRequest,
  ResponseBodyError,
} from 'openid-client'
import type { VerifiedToken } from '@sallyport/verifier'
import type { EntraConnectionRecord } from '../connections/connection.ts'
import type { Denial } from '../outcome/denial.ts'
import { GateFault } from '../outcome/fault.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { clientAuthentication } from './client-authentication.ts'
import { classifyFailure } from './entra-failure.ts'
import type { ExchangeFailure, TokenEndpointError } from './entra-failure.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const TIMEOUT_SECONDS = 20
const MAX_ANSWER_BYTES = 256 * 1024
const EARLY_SECONDS = 300
const CAP_SECONDS = 3000

/** An access token for the server behind. `forget` drops it from the cache after the server refused it. */
export interface ExchangedToken {
  readonly accessToken: string
  readonly forget: () => void
}

export interface OnBehalfOf {
  exchange(
    assertion: string,
    token: VerifiedToken<'entra'>,
    connection: EntraConnectionRecord,
  ): ExchangedToken | Denial | Promise<ExchangedToken | Denial>
  /** Drops what is cached for a teamspace, or for all. */
  forgetTeamspace(teamspaceId?: string): void
}

export interface OnBehalfOfOptions {
  readonly clouds: Readonly<Record<string, { readonly authority: string }>>
  readonly fetch?: typeof fetch
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly maxEntries?: number
  readonly uses?: CacheUses | undefined
  readonly onExchange?: (outcome: { readonly ok: boolean; readonly durationMs: number }) => void
}

type Entry = { readonly teamspaceId: string } & (
  { readonly exchanged: ExchangedToken } | { readonly failed: ExchangeFailure }
)

/** The inner door by Microsoft's On-Behalf-Of (behaviours 3.B): cached, single-flight, and never the inbound token. */
export function createOnBehalfOf(options: OnBehalfOfOptions): OnBehalfOf {
  const { now = Date.now, uses = { hits: 0, misses: 0 } } = options
  const cache = new LRUCache<string, Entry>({ max: options.maxEntries ?? 50_000, perf: { now }, ttlResolution: 0 })
  const flights = new Map<string, Promise<ExchangedToken | Denial>>()
  let epoch = 0

  async function fly(key: string, assertion: string, token: VerifiedToken<'entra'>, connection: EntraConnectionRecord) {
    const startedAt = now()
    const startedIn = epoch
    // Of many calls that were refused with one token, the late ones must not drop what the first has renewed.
    const forget = (refused: Entry) => void (cache.peek(key) === refused && cache.delete(key))
    const result = await requestToken(assertion, token, connection, options)
    const ok = 'accessToken' in result
    options.onExchange?.({ ok, durationMs: now() - startedAt })
    const entry: Entry = ok
      ? { teamspaceId: token.teamspaceId, exchanged: { accessToken: result.accessToken, forget: () => forget(entry) } }
      : { teamspaceId: token.teamspaceId, failed: result }
    const ttlSeconds = ok ? lifetime(result.expiresInSeconds, token, now()) : result.holdSeconds
    // A teamspace that changed meanwhile must not find the old answer in the cache.
    if (ttlSeconds > 0 && startedIn === epoch) cache.set(key, entry, { ttl: ttlSeconds * 1000 })
    return settle(entry)
  }

  return {
    exchange(assertion, token, connection) {
      const key = cacheKey(assertion, token, connection)
      const cached = cache.get(key)
      if (cached) {
        uses.hits += 1
        return settle(cached)
      }
      uses.misses += 1
      const flight = flights.get(key)
      if (flight) return flight
      const started = fly(key, assertion, token, connection).finally(() => flights.delete(key))
      flights.set(key, started)
      return started
    },
    forgetTeamspace(teamspaceId) {
      epoch++
      if (teamspaceId === undefined) return cache.clear()
      for (const [key, entry] of cache.entries()) if (entry.teamspaceId === teamspaceId) cache.delete(key)
    },
  }
}

/** S2B-08: user alone is no key. Whatever decides the answer is in it; the assertion only as part of a hash. */
function cacheKey(assertion: string, token: VerifiedToken<'entra'>, connection: EntraConnectionRecord): string {
  const { clientId, scope } = connection.onBehalfOf!
  const parts = [
    'entra-obo',
    token.teamspaceId,
    connection.id,
    connection.updatedAt,
    token.issuer,
    token.subject,
    clientId,
    scope,
    assertion,
  ]
  return hash('sha256', parts.join('\0'), 'base64')
}

/** S2B-07: never longer than either token lives; 0 means do not keep. */
function lifetime(expiresInSeconds: number, token: VerifiedToken<'entra'>, nowMs: number): number {
  return Math.min(expiresInSeconds - EARLY_SECONDS, token.expiresAtSeconds - nowMs / 1000, CAP_SECONDS)
}

function settle(entry: Entry): ExchangedToken | Denial {
  if ('exchanged' in entry) return entry.exchanged
  const { outcome } = entry.failed
  if (outcome instanceof GateFault) throw outcome
  return outcome
}

async function requestToken(
  assertion: string,
  token: VerifiedToken<'entra'>,
  connection: EntraConnectionRecord,
  options: OnBehalfOfOptions,
): Promise<{ accessToken: string; expiresInSeconds: number } | ExchangeFailure> {
  const { clientId, credential, scope } = connection.onBehalfOf!
  const authority = options.clouds[connection.cloud]?.authority
  if (authority === undefined) throw new GateFault('exchange_misconfigured', `no cloud is named ${connection.cloud}`)
  const endpoints = `${authority}/${connection.tenantId}/oauth2/v2.0`
  const authentication = await clientAuthentication(credential).catch((cause: Error) => {
    const hint = `The gateway client cannot prove itself: ${cause.message}`
    throw new GateFault('exchange_misconfigured', hint, { cause, detail: { hint } })
  })
  const server = { issuer: token.issuer, token_endpoint: `${endpoints}/token` }
  const configuration = new Configuration(server, clientId, undefined, authentication)
  configuration.timeout = TIMEOUT_SECONDS
  const bounded = boundedFetch(options.fetch ?? fetch, MAX_ANSWER_BYTES)
  let response: Response | undefined
  configuration[customFetch] = (async (...request: Parameters<typeof fetch>) =>
    (response = await bounded(...request))) as never
  if (authority.startsWith('http:')) allowInsecureRequests(configuration) // loopback only: the configuration sees to it
  try {
    const answer = await genericGrantRequest(configuration, GRANT, {
      assertion,
      scope,
      requested_token_use: 'on_behalf_of',
    })
    if (!/^[\x21-\x7e]+$/.test(answer.access_token)) throw new Error('the access token fits into no header')
    return { accessToken: answer.access_token, expiresInSeconds: answer.expires_in ?? 0 }
  } catch (error) {
    const failed = error instanceof ResponseBodyError ? fromBody(error) : fromStatus(response)
    if (!failed) {
      throw new GateFault('exchange_unavailable', 'the token endpoint gave no usable answer', {
        cause: withoutBody(error),
      })
    }
    const clientTakesClaims = [token.claims.xms_cc].flat().includes('cp1')
    return classifyFailure(failed, { clientTakesClaims, authorizationUri: `${endpoints}/authorize` })
  }
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
