import { readBounded } from '../http/read-bounded.ts'
import { entraIssuer, entraKeysUrl } from '@sallyport/verifier'
import type { EntraCloud, EntraClouds } from '@sallyport/verifier'
import { findCloud } from './find-cloud.ts'
import { toGuid } from './guid.ts'
import { isSecureUrl } from '../http/loopback.ts'
import type { ConnectionTest } from './test-connection.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'

interface Options {
  readonly clouds: EntraClouds
  readonly fetch: typeof fetch
  readonly timeoutMs?: number
}

const MAX_BODY_BYTES = 1024 * 1024

/** Thrown inside this file only: the answer is no document, for a reason that can be said. */
class NoDocument extends Error {}

/** Asks the tenant's discovery document and keys (S2D-03). Saves nothing. */
export async function testEntraConnection(
  { cloud: cloudName, tenantId: text }: { cloud: string; tenantId: string },
  { clouds, fetch, timeoutMs = 5_000 }: Options,
): Promise<ConnectionTest | Refusal> {
  // The tenant id becomes part of a URL: nothing but a GUID may.
  const tenantId = toGuid(text)
  if (tenantId === undefined) return refuse({ code: 'invalid', field: 'tenantId', says: 'must be a GUID' })
  const cloud = findCloud(clouds, cloudName)
  if (!cloud || !isSecureUrl(new URL(cloud.authority))) {
    return refuse({ code: 'invalid', field: 'cloud', says: `must be one of ${Object.keys(clouds).join(', ')}` })
  }
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await judge(cloud, tenantId, (url) => getJson(url, fetch, signal))
  } catch (error) {
    return { outcome: 'unreachable', says: reason(error, signal) }
  }
}

async function judge(
  cloud: EntraCloud,
  tenantId: string,
  get: (url: string) => Promise<Answer>,
): Promise<ConnectionTest> {
  const expected = entraIssuer(cloud, tenantId)
  const discovery = await get(`${expected}/.well-known/openid-configuration`)
  if (isUnknownTenant(discovery)) return { outcome: 'unknown_tenant', says: 'Entra knows no tenant with this id' }
  const { issuer } = documentOf(discovery)
  if (issuer !== expected) return { outcome: 'issuer_mismatch', expected, presented: printable(issuer) }
  // Not from `jwks_uri`: the verifier reads the keys here too, and a document must not choose what is fetched.
  const { keys } = documentOf(await get(entraKeysUrl(cloud, tenantId)))
  if (!Array.isArray(keys) || keys.length === 0) throw new NoDocument('the tenant publishes no keys')
  return { outcome: 'ok', issuer: expected, keyCount: keys.length }
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

async function getJson(url: string, fetch: Options['fetch'], signal: AbortSignal): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } })
  const bytes = await readBounded(response.body, MAX_BODY_BYTES)
  if (bytes === undefined) throw new NoDocument('answered more than 1 MiB')
  if (response.status >= 300 && response.status < 400) throw new NoDocument('answered with a redirect')
  try {
    return { status: response.status, body: JSON.parse(bytes.toString()) }
  } catch {
    throw new NoDocument(`answered ${response.status} without JSON`)
  }
}

/** Entra answers 400 `invalid_tenant` with AADSTS90002; nothing else says that the tenant is unknown. */
function isUnknownTenant({ status, body }: Answer): boolean {
  const { error, error_description: description } = asObject(body)
  return status === 400 && (error === 'invalid_tenant' || /\bAADSTS90002\b/.test(String(description)))
}

function documentOf({ status, body }: Answer): Record<string, unknown> {
  if (status !== 200) throw new NoDocument(`answered ${status}`)
  return asObject(body)
}

const asObject = (body: unknown) => (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>

const printable = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 300).replace(/\p{C}/gu, '?') : '(none)'

function reason(error: unknown, signal: AbortSignal): string {
  if (error instanceof NoDocument) return error.message
  if (signal.aborted) return 'no answer in time'
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined
  return typeof cause?.code === 'string' ? `could not be reached (${cause.code})` : 'could not be reached'
}
