import assert from 'node:assert/strict'

/** One stateless call of revision 2026-07-28, as an answer and not through a client: for what only HTTP shows. */
export function postTool(url: string, accessToken: string | undefined, name = 'whoami', parameters: object = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: parameters, _meta },
    }),
  })
}

/** The structured result of an answer that is JSON, or an event stream with the result as its last event. */
export async function resultOf(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text()
  assert.equal(response.status, 200, text)
  const json = response.headers.get('content-type')?.startsWith('text/event-stream')
    ? text
        .trim()
        .split('\n')
        .findLast((line) => line.startsWith('data: '))!
        .slice('data: '.length)
    : text
  return JSON.parse(json).result.structuredContent
}
