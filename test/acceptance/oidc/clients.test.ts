import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { startUpstream } from '../../conformance/upstream.ts'
import { memorySignIn } from '../../e2e/support/memory-sign-in.ts'
import type { MemorySignIn } from '../../e2e/support/memory-sign-in.ts'
import { browse, CLIENT } from '../../support/oidc-idp.ts'
import { ADA, BEN, startOidcGate } from './support.ts'
import type { OidcGate } from './support.ts'

let gate: OidcGate
let mcpServer: Awaited<ReturnType<typeof startUpstream>>
before(async () => {
  mcpServer = await startUpstream()
  gate = await startOidcGate({
    servers: () => `servers:
  context7: { path: /context7/mcp, upstream: '${mcpServer.url}', auth: [Oidc], outbound: { kind: none } }
`,
  })
})
after(async () => {
  await gate.close()
  await mcpServer.close()
})

const signInOf = (person: { email: string }, client?: { client_id: string; issuer?: string }) =>
  memorySignIn(person, { browse, ...(client && { client }) })

async function connect(authProvider: MemorySignIn): Promise<Client> {
  const client = new Client({ name: 'direct', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(new StreamableHTTPClientTransport(new URL(gate.url), { authProvider }))
  return client
}

async function connectSigningIn(signIn: MemorySignIn): Promise<Client> {
  await assert.rejects(connect(signIn), UnauthorizedError)
  const transport = new StreamableHTTPClientTransport(new URL(gate.url), { authProvider: signIn })
  await transport.finishAuth(signIn.takeCallback())
  return connect(signIn)
}

test('S5-48 SDK v2 is led to the issuer itself, registers there, signs in and lists the tools', async () => {
  const signIn = signInOf(ADA)
  const client = await connectSigningIn(signIn)
  assert.ok((await client.listTools()).tools.length > 0)
  const [visited] = signIn.visited
  assert.ok(visited!.href.startsWith(gate.idp.issuer), visited!.href)
  assert.equal(visited!.searchParams.get('resource'), gate.url)
  assert.match(visited!.searchParams.get('scope')!, /\bmcp\.access\b/)
  await client.close()
})

test('SDK v2 with the pasted client id needs no registration', async () => {
  const signIn = signInOf(ADA, { client_id: CLIENT.client_id, issuer: gate.idp.issuer })
  const client = await connectSigningIn(signIn)
  assert.ok((await client.listTools()).tools.length > 0)
  await client.close()
})

test('S5-48 SDK v1 is led to the issuer itself as well', async () => {
  const signIn = signInOf(ADA)
  const attempt = async () => {
    const client = new ClientV1({ name: 'direct', version: '1.0.0' })
    const transport = new TransportV1(new URL(gate.url), { authProvider: signIn })
    await client.connect(transport as Parameters<ClientV1['connect']>[0])
    return client
  }
  await assert.rejects(attempt())
  const transport = new TransportV1(new URL(gate.url), { authProvider: signIn })
  await transport.finishAuth(signIn.takeCallback().get('code')!)
  const client = await attempt()
  assert.ok((await client.listTools()).tools.length > 0)
  await client.close()
})

test('D-07 a person who signs in but is no member is not sent round in circles', async () => {
  const stranger = signInOf(BEN)
  await assert.rejects(connectSigningIn(stranger), /401/)
  assert.equal(stranger.visited.length, 1)
})
