import { isJsonObject } from '@sallyport/verifier'
import { toGuid } from '../../connections/guid.ts'
import { boundedFetch } from '../../exchange/bounded-fetch.ts'

const TIMEOUT_MS = 20_000
/** 999 people with long names are a quarter of it. */
const MAX_PAGE_BYTES = 2 * 1024 * 1024
const MAX_ROWS = 1_000
const MAX_TEXT = 1_000

/** A person as Graph tells of them. Fields that the sync app may not read come as null. */
export interface GraphUser {
  readonly id: string
  readonly mail: string | null
  readonly userPrincipalName: string | null
  readonly displayName: string | null
  readonly accountEnabled: boolean | null
}

export interface MemberPage {
  readonly users: readonly GraphUser[]
  readonly next: string | undefined
  /** How many there are in all; the first page says it. */
  readonly total: number | undefined
}

/** An answer of Graph's that is no page; `status` 0 when there was none, or none that can be used. */
export interface NoPage {
  readonly status: number
  /** Graph's own name of the error. */
  readonly code: string | undefined
  readonly retryAfterSeconds: number | undefined
}

export interface PageRequest {
  readonly fetch: typeof fetch
  readonly accessToken: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Ends the whole run. */
  readonly signal: AbortSignal
}

export async function fetchMemberPage(url: URL, request: PageRequest): Promise<MemberPage | NoPage> {
  const { fetch, accessToken, now, signal } = request
  try {
    const response = await boundedFetch(fetch, MAX_PAGE_BYTES)(url, {
      // The cast to users is an advanced query, which has to say that an index will do (S2E-07).
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json', consistencylevel: 'eventual' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    const body: unknown = await response.json().catch(() => undefined)
    if (response.status === 200) return toPage(body) ?? NOTHING
    return { status: response.status, code: codeOf(body), retryAfterSeconds: retryAfterOf(response, now()) }
  } catch {
    return NOTHING
  }
}

const NOTHING: NoPage = { status: 0, code: undefined, retryAfterSeconds: undefined }

/** A page that is not wholly understood is not used: whoever is missing from it would lose access. */
function toPage(body: unknown): MemberPage | undefined {
  if (!isJsonObject(body) || !Array.isArray(body['value']) || body['value'].length > MAX_ROWS) return undefined
  const users = body['value'].map(toUser)
  const { '@odata.nextLink': next, '@odata.count': total } = body
  if (!users.every((user) => user !== undefined) || (next !== undefined && typeof next !== 'string')) return undefined
  return { users, next, total: typeof total === 'number' && total >= 0 ? total : undefined }
}

function toUser(row: unknown): GraphUser | undefined {
  if (!isJsonObject(row)) return undefined
  const { id: text, accountEnabled = null } = row
  const id = typeof text === 'string' ? toGuid(text) : undefined
  const [mail, userPrincipalName, displayName] = [row['mail'], row['userPrincipalName'], row['displayName']].map(toText)
  if (id === undefined || mail === undefined || userPrincipalName === undefined || displayName === undefined) {
    return undefined
  }
  if (accountEnabled !== null && typeof accountEnabled !== 'boolean') return undefined
  return { id, mail, userPrincipalName, displayName, accountEnabled }
}

/** Undefined for what is no text, null for what is not told. */
function toText(value: unknown = null): string | null | undefined {
  if (value === null) return null
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : undefined
}

/** Only what looks like a name is shown to anybody. */
function codeOf(body: unknown): string | undefined {
  const error = isJsonObject(body) ? body['error'] : undefined
  const code = isJsonObject(error) ? error['code'] : undefined
  return typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? code : undefined
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfterOf({ headers }: Response, now: number): number | undefined {
  const text = headers.get('retry-after') ?? ''
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - now) / 1000)
  return seconds >= 0 ? seconds : undefined
}
