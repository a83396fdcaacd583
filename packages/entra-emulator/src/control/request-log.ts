export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  /** Form fields as sent, secrets and tokens included: this is a test tool. */
  readonly form?: Readonly<Record<string, string>>
  readonly atMs: number
}

const MAX_REQUESTS = 1000

export interface RequestLog {
  /** The same array always, oldest first. */
  readonly entries: RecordedRequest[]
  add(request: RecordedRequest): void
}

export function createRequestLog(): RequestLog {
  const entries: RecordedRequest[] = []
  return {
    entries,
    add(request) {
      entries.push(request)
      if (entries.length > MAX_REQUESTS) entries.shift()
    },
  }
}
