import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ACME } from '../../support/gate.ts'
import { type FindingsGate, startFindingsGate } from '../support/findings-gate.ts'
import { memorySignIn, type MemorySignIn } from '../support/memory-sign-in.ts'
import { assertIsAda } from '../support/whoami.ts'

let nowMs = Date.now()
let gate: FindingsGate
before(async () => void (gate = await startFindingsGate({ now: () => nowMs })))
after(() => gate.close())

async function connect(url: string, authProvider: MemorySignIn) {
  const client = new Client({ name: 'end-to-end', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider })
  await client.connect(transport as Parameters<Client['connect']>[0])
  return { client, transport }
}

async function connectSigningIn(url: string, signIn: MemorySignIn) {
  await assert.rejects(connect(url, signIn))
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: signIn })
  await transport.finishAuth(signIn.takeCallback().get('code')!)
  return connect(url, signIn)
}

const whoami = (client: Client) => client.callTool({ name: 'whoami', arguments: {} })

test('SDK v1 finds the sign-in, registers, signs in on the page and calls a tool', async () => {
  const signIn = memorySignIn({ email: ACME.ada.email, password: 'ada-password' })
  const { client, transport } = await connectSigningIn(gate.mcpUrl, signIn)
  assertIsAda(await whoami(client))
  assert.equal(transport.protocolVersion, '2025-11-25')
  await client.close()
})

test('S2C-04 S2C-22 SDK v1 may send the resource with a slash at its end', async () => {
  const signIn = memorySignIn(ACME.ada, { resource: (published) => `${published}/` })
  const { client } = await connectSigningIn(gate.teamspaceUrl, signIn)
  assertIsAda(await whoami(client))
  assert.equal(signIn.visited[0]!.searchParams.get('resource'), `${gate.teamspaceUrl}/`)
  await client.close()
})

test('S2C-11 SDK v1 with the pasted client id needs no registration', async (t) => {
  const strict = await startFindingsGate({ registration: 'none' })
  t.after(() => strict.close())
  const signIn = memorySignIn(ACME.ada, { client: { client_id: ACME.gatewayClientId, issuer: strict.publicUrl } })
  const { client } = await connectSigningIn(strict.mcpUrl, signIn)
  assertIsAda(await whoami(client))
  await client.close()
})

test('S2C-31 SDK v1 refreshes an expired access token through /token, without asking the person again', async () => {
  const signIn = memorySignIn(ACME.ada, { askForRefreshToken: true })
  const { client } = await connectSigningIn(gate.mcpUrl, signIn)
  const { access_token: expired } = signIn.tokens()!
  nowMs += 2 * 3600_000

  assertIsAda(await whoami(client)) // in the same session: it belongs to the person, not to the token
  assert.notEqual(signIn.tokens()!.access_token, expired)
  assert.equal(signIn.visited.length, 1)
  await client.close()
})

test('X-44 SDK v1 is told 404 when the server forgot its session, and goes on with a new one', async () => {
  const signIn = memorySignIn(ACME.ada)
  const first = await connectSigningIn(gate.mcpUrl, signIn)
  const stale = first.transport.sessionId
  await gate.restartFindings()
  await assert.rejects(whoami(first.client), (error) => error instanceof StreamableHTTPError && error.code === 404)

  const second = await connect(gate.mcpUrl, signIn)
  assertIsAda(await whoami(second.client))
  assert.notEqual(second.transport.sessionId, stale)
  assert.equal(signIn.visited.length, 1)
  await second.client.close()
  await first.client.close()
})

test('D-07 SDK v1 does not send a person who is no member round in circles, whichever status they get', async (t) => {
  const patient = memorySignIn(ACME.dev)
  await assert.rejects(connectSigningIn(gate.mcpUrl, patient), /401 after successful authentication/)
  assert.equal(patient.visited.length, 1)

  const strict = await startFindingsGate({ settings: 'unmappedUserStatus: 403' })
  t.after(() => strict.close())
  const stranger = memorySignIn(ACME.dev)
  await assert.rejects(connectSigningIn(strict.mcpUrl, stranger), /not provisioned/)
  assert.equal(stranger.visited.length, 1)
})
