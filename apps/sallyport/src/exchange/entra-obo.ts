import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { VerifiedToken } from '@sallyport/verifier'
import type { EntraConnectionRecord } from '../connections/connection.ts'
import type { Denial } from '../outcome/denial.ts'
import { GateFault } from '../outcome/fault.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import { classifyFailure } from './entra-failure.ts'
import type { ExchangeFailure } from './entra-failure.ts'
import { askTokenEndpoint, endpointsOf } from './entra-token-endpoint.ts'
import type { IssuedToken } from './entra-token-endpoint.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
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
): Promise<IssuedToken | ExchangeFailure> {
  const { scope } = connection.onBehalfOf!
  const answer = await askTokenEndpoint(
    connection,
    { grant: GRANT, assertion, scope, requested_token_use: 'on_behalf_of' },
    options,
  )
  if ('accessToken' in answer) return answer
  const clientTakesClaims = [token.claims.xms_cc].flat().includes('cp1')
  return classifyFailure(answer, {
    clientTakesClaims,
    authorizationUri: `${endpointsOf(connection, options)}/authorize`,
  })
}
