/** What travels in the bench: about 1 KB of JSON each way, as an MCP client and server would write it. */
const TEXT = 'The quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs. '.repeat(11)

export const CALL = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'search', arguments: { query: TEXT.slice(0, 860), limit: 20, language: 'en' } },
})

export const ANSWER = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  result: { content: [{ type: 'text', text: TEXT.slice(0, 900) }], isError: false },
})

/** An event that says when it left (monotonic clock, one for all processes of a machine). */
export function eventAt(nanoseconds: bigint): string {
  const params = { progressToken: 'bench', progress: 1, message: `t=${nanoseconds}.` }
  return `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })}\n\n`
}

export function leaveTimes(text: string): bigint[] {
  return Array.from(text.matchAll(/"t=(\d+)\."/g), (match) => BigInt(match[1] ?? 0))
}
