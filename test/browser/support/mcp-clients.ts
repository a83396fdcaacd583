import assert from 'node:assert/strict'
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import type { StreamableHTTPClientTransportOptions } from '@modelcontextprotocol/client'
import { memorySignIn } from '../../e2e/support/memory-sign-in.ts'
import type { Person } from '../../e2e/support/browser.ts'

async function connect(url: string, options: StreamableHTTPClientTransportOptions): Promise<Client> {
  const client = new Client({ name: 'journey', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options))
  return client
}

/** The official SDK as somebody uses it who was told an address: it finds the sign-in by itself. */
export async function clientOfPerson(url: string, person: Person): Promise<Client> {
  const authProvider = memorySignIn(person)
  await assert.rejects(connect(url, { authProvider }), UnauthorizedError)
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider })
  await transport.finishAuth(authProvider.takeCallback())
  return connect(url, { authProvider })
}

/** The same SDK with a token that was pasted into its configuration. */
export const clientWithToken = (url: string, token: string): Promise<Client> =>
  connect(url, { requestInit: { headers: { authorization: `Bearer ${token}` } } })
