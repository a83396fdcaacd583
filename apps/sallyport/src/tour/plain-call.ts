import type { Headers } from './mcp-session.ts'
import { expect } from './step.ts'

const REVISION = '2026-07-28'

interface PlainCall {
  readonly headers: Headers
  readonly name: string
  readonly input?: object
}

interface PlainAnswer {
  readonly status: number
  readonly headers: Response['headers']
}

/** One tool call as any HTTP client sends it, for what an MCP client keeps to itself: the head of the answer. */
export async function callToolPlainly(
  fetcher: typeof fetch,
  url: string,
  { headers, name, input = {} }: PlainCall,
): Promise<PlainAnswer> {
  const response = await fetcher(url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-protocol-version': REVISION,
      'mcp-method': 'tools/call',
      'mcp-name': name,
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: input, _meta: META },
    }),
  })
  await response.text() // to its end: the call is over when its row is asked for
  return response
}

/** Without `initialize`, each message says what the client is. */
const META = {
  'io.modelcontextprotocol/protocolVersion': REVISION,
  'io.modelcontextprotocol/clientInfo': { name: 'sallyport-tour', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** By which the audit trail knows a call. */
export function requestIdOf({ headers }: PlainAnswer): string {
  const requestId = headers.get('x-request-id')
  expect(requestId !== null, 'no X-Request-Id')
  return requestId
}
