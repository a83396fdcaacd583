import type { Headers } from './mcp-session.ts'

export interface TourStep {
  readonly title: string
  /** Answers what was seen, in a few words. Rejects when the promise did not hold. */
  run(): Promise<string>
}

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'tour', version: '1.0.0' } },
})

export function expect(held: boolean, otherwise: string): asserts held {
  if (!held) throw new Error(otherwise)
}

/** The first request of an MCP client, as it is. */
export const post = (fetcher: typeof fetch, url: string, headers: Headers = {}): Promise<Response> =>
  fetcher(url, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
    body: INITIALIZE,
  })

export const bearer = (accessToken: string): Headers => ({ authorization: `Bearer ${accessToken}` })

/** The status of a call that was let in. */
export async function allowed(response: Response): Promise<string> {
  await response.body?.cancel()
  expect(response.status === 200, `expected 200, got ${response.status}`)
  return '200'
}

/** The status and the words of a refusal that has this code. */
export async function refused(response: Response, code: string): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { code?: string; error_description?: string }
  expect(
    response.status === 401 && body.code === code,
    `expected 401 ${code}, got ${response.status} ${body.code ?? ''}`,
  )
  return `401, ${body.error_description}`
}

export async function readJson(
  fetcher: typeof fetch,
  url: string,
  init?: RequestInit,
): Promise<Record<string, unknown>> {
  const response = await fetcher(url, init)
  expect(response.ok, `${url} answered ${response.status}`)
  return (await response.json()) as Record<string, unknown>
}

/** Ids are long; the beginning is enough to tell them apart. */
export const short = (id: unknown): string => `${String(id).slice(0, 13)}…`
