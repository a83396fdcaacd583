import { isByItself } from './acts.ts'

/** What is wrong with one field of the input, by its dotted path. */
export interface FieldError {
  readonly path: string
  readonly says: string
}

/** An answer that is no success: problem details (RFC 9457), or what could be made of it. */
export class ProblemError extends Error {
  readonly status: number
  readonly errors: readonly FieldError[]
  readonly retryAfterSeconds: number | undefined

  constructor(status: number, detail: string, errors: readonly FieldError[] = [], retryAfterSeconds?: number) {
    super(detail)
    this.name = 'ProblemError'
    this.status = status
    this.errors = errors
    this.retryAfterSeconds = retryAfterSeconds
  }
}

export interface Answer<Body> {
  readonly body: Body
  readonly etag: string | undefined
}

interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  /** Of what the change is meant to replace; somebody else's change meanwhile is answered with 412. */
  readonly ifMatch?: string | undefined
  readonly signal?: AbortSignal
}

/** Asks the server that the page came from; the session's cookie goes along by itself. */
export async function request<Body = unknown>(path: string, sending: Sending = {}): Promise<Answer<Body>> {
  const { method = 'GET', body, ifMatch, signal } = sending
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (ifMatch !== undefined) headers['if-match'] = ifMatch
  if (isByItself() && method === 'GET') headers['sallyport-background'] = '1'
  const response = await fetch(path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new ProblemError(0, 'Sallyport cannot be reached. Is the network there?')
  })
  if (!response.ok) throw await toProblem(response)
  const text = await response.text()
  return {
    body: (text === '' ? undefined : JSON.parse(text)) as Body,
    etag: response.headers.get('etag') ?? undefined,
  }
}

export async function toProblem(response: Response): Promise<ProblemError> {
  const known = (await response.json().catch(() => undefined)) as { detail?: string; errors?: FieldError[] } | undefined
  const wait = Number(response.headers.get('retry-after') ?? NaN)
  const says = known?.detail ?? `The server answered ${response.status}`
  return new ProblemError(response.status, says, known?.errors ?? [], Number.isNaN(wait) ? undefined : wait)
}

const base = '/api/v1'

/** The admin API. */
export const api = {
  get: async <Body>(path: string, signal?: AbortSignal): Promise<Body> =>
    (await request<Body>(base + path, signal ? { signal } : {})).body,
  getTagged: <Body>(path: string, signal?: AbortSignal) => request<Body>(base + path, signal ? { signal } : {}),
  post: async <Body>(path: string, body?: unknown): Promise<Body> =>
    (await request<Body>(base + path, { method: 'POST', body })).body,
  put: <Body>(path: string, body: unknown, ifMatch?: string) =>
    request<Body>(base + path, { method: 'PUT', body, ifMatch }),
  patch: <Body>(path: string, body: unknown, ifMatch?: string) =>
    request<Body>(base + path, { method: 'PATCH', body, ifMatch }),
  delete: async <Body>(path: string, ifMatch?: string): Promise<Body> =>
    (await request<Body>(base + path, { method: 'DELETE', ifMatch })).body,
}
