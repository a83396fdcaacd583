import type { AdminClient } from '../cli/admin-client.ts'
import { findKept, writePrivate } from './kept-file.ts'

const PATIENCE_MS = 10_000

interface Options {
  readonly file: string
  readonly slug: string
  /** A server that takes the token. */
  readonly mcpUrl: string
}

/** The token that is ready to paste: that of the start before, as long as it opens the gate. */
export async function keepMcpToken(client: AdminClient, { file, slug, mcpUrl }: Options): Promise<string> {
  const kept = await findKept(file)
  if (kept !== undefined && (await opens(mcpUrl, kept))) return kept
  const { token } = await client.send<{ token: string }>('POST', `/teamspaces/${slug}/mcp-tokens`, {
    name: 'Printed by npm start',
  })
  await writePrivate(file, `${token}\n`)
  return token
}

async function opens(mcpUrl: string, token: string): Promise<boolean> {
  const response = await fetch(mcpUrl, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  await response.body?.cancel()
  return response.status !== 401
}
