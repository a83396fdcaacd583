import { ProblemError, toProblem } from '../../../api/client.ts'

export type ImportMode = 'dry-run' | 'all-or-nothing' | 'each-row'

export const OUTCOMES = [
  'added',
  'updated',
  'already',
  'duplicate',
  'withheld',
  'invalid',
  'conflict',
  'forbidden',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface RowResult {
  readonly line: number
  readonly email: string
  readonly outcome: Outcome
  readonly problem?: string
}

export interface ImportSummary {
  readonly id: string
  readonly mode: ImportMode
  /** Whether what is said to be added and updated was written. */
  readonly written: boolean
  readonly rows: number
  readonly counts: Readonly<Record<Outcome, number>>
}

export interface Progress {
  readonly done: number
  readonly of: number
}

type ReportLine =
  | RowResult
  | { readonly progress: Progress }
  | { readonly summary: ImportSummary }
  | { readonly problem: { readonly detail: string } }

/** What came since the last time that somebody looked. */
export interface ImportNews {
  readonly results: readonly RowResult[]
  readonly progress?: Progress
  readonly summary?: ImportSummary
}

export interface ImportRequest {
  readonly slug: string
  readonly file: Blob
  readonly mode: ImportMode
  readonly allowRoles: boolean
}

const CUT_OFF = new ProblemError(
  0,
  'The import was cut off. Start it again: it completes the rest and doubles nothing.',
)

/** Sends the file, and tells what becomes of its rows while it goes on. */
export async function* importMembers(
  { slug, file, mode, allowRoles }: ImportRequest,
  signal: AbortSignal,
): AsyncGenerator<ImportNews> {
  const query = new URLSearchParams({ mode, ...(allowRoles && { allowRoles: 'true' }) })
  const response = await fetch(`/api/v1/teamspaces/${slug}/members/import?${query}`, {
    method: 'POST',
    headers: { accept: 'application/jsonl', 'content-type': 'text/csv' },
    body: file,
    signal,
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause
    throw new ProblemError(0, 'Sallyport cannot be reached, or the file has changed since it was chosen.')
  })
  if (!response.ok || !response.body) throw await toProblem(response)
  let isComplete = false
  for await (const news of readNews(response.body)) {
    isComplete ||= news.summary !== undefined
    yield news
  }
  if (!isComplete) throw CUT_OFF
}

/** JSON Lines in chunks as the network cuts them; one that ends on its way throws, and so does a line that says so. */
export async function* readNews(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ImportNews> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw CUT_OFF
    })
    if (done) return
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) yield toNews(lines.map((line) => JSON.parse(line) as ReportLine))
  }
}

function toNews(lines: readonly ReportLine[]): ImportNews {
  const results: RowResult[] = []
  let progress: Progress | undefined
  let summary: ImportSummary | undefined
  for (const line of lines) {
    if ('outcome' in line) results.push(line)
    else if ('progress' in line) progress = line.progress
    else if ('summary' in line) summary = line.summary
    else throw new ProblemError(409, line.problem.detail)
  }
  return { results, ...(progress && { progress }), ...(summary && { summary }) }
}
