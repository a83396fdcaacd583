import { isJsonObject } from '@sallyport/verifier'
import { toGuid } from '../connections/guid.ts'
import { boundedFetch } from '../exchange/bounded-fetch.ts'
import type { GraphRefusal } from './graph-fault.ts'

const TIMEOUT_MS = 5_000
/** 999 ids are a tenth of it. */
const MAX_PAGE_BYTES = 1024 * 1024
/** Bounds the set as pages bound the list, whatever a page holds. */
const MAX_ROWS = 1_000

export interface GraphPage {
  readonly ids: readonly string[]
  /** Where Graph says that the next page is. */
  readonly next: string | undefined
}

export interface PageRequest {
  readonly fetch: typeof fetch
  readonly accessToken: string
  /** Ends the whole list, however many pages it has. */
  readonly deadline: AbortSignal
}

/** One page of ids. Rejects when there was no answer, or one that is none of Graph's. */
export async function fetchPage(url: URL, request: PageRequest): Promise<GraphPage | GraphRefusal> {
  const response = await boundedFetch(request.fetch, MAX_PAGE_BYTES)(url, {
    // The cast to groups is an advanced query, which has to say that an index will do.
    headers: {
      authorization: `Bearer ${request.accessToken}`,
      accept: 'application/json',
      consistencylevel: 'eventual',
    },
    signal: AbortSignal.any([request.deadline, AbortSignal.timeout(TIMEOUT_MS)]),
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (response.status === 200) return toPage(body)
  return { status: response.status, code: codeOf(body), retryAfterSeconds: retryAfterOf(response) }
}

/** A page that is not wholly understood is not used: a part of the groups would look like all. */
function toPage(body: unknown): GraphPage {
  if (!isJsonObject(body) || !Array.isArray(body['value']) || body['value'].length > MAX_ROWS) throw new WrongShape()
  const ids = body['value'].map((row: unknown) => {
    const id = isJsonObject(row) && typeof row['id'] === 'string' ? toGuid(row['id']) : undefined
    if (id === undefined) throw new WrongShape()
    return id
  })
  const next = body['@odata.nextLink']
  if (next !== undefined && typeof next !== 'string') throw new WrongShape()
  return { ids, next }
}

class WrongShape extends Error {
  override readonly message = 'the answer is no page of groups'
}

/** Only what looks like a name goes on to the audit trail. */
function codeOf(body: unknown): string | undefined {
  const error = isJsonObject(body) ? body['error'] : undefined
  const code = isJsonObject(error) ? error['code'] : undefined
  return typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? code : undefined
}

function retryAfterOf({ headers }: Response): number | undefined {
  const seconds = Number(headers.get('retry-after'))
  return seconds > 0 ? seconds : undefined
}
