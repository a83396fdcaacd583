import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client, SdkHttpError, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import { ACME } from '../../support/gate.ts'
import { type FindingsGate, startFindingsGate } from '../support/findings-gate.ts'
import { memorySignIn, type MemorySignIn } from '../support/memory-sign-in.ts'
import { assertIsAda } from '../support/whoami.ts'

type Mode = 'legacy' | 'auto' | { pin: string }

let nowMs = Date.now()
let gate: FindingsGate
before(async () => void (gate = await startFindingsGate({ now: () => nowMs })))
after(() => gate.close())

async function connect(url: string, authProvider: MemorySignIn, mode: Mode): Promise<Client> {
  const client = new Client({ name: 'end-to-end', version: '1.0.0' }, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }))
  return client
}

async function connectSigningIn(url: string, signIn: MemorySignIn, mode: Mode): Promise<Client> {
  await assert.rejects(connect(url, signIn, mode), UnauthorizedError)
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: signIn })
  await transport.finishAuth(signIn.takeCallback())
  return connect(url, signIn, mode)
}

const whoami = (client: Client) => client.callTool({ name: 'whoami', arguments: {} })

const modes: [Mode, string][] = [
  [{ pin: '2026-07-28' }, '2026-07-28'],
  ['auto', '2026-07-28'],
  ['legacy', '2025-11-25'],
]
for (const [mode, revision] of modes) {
  test(`SDK v2 (${JSON.stringify(mode)}) finds the sign-in, registers, signs in on the page and calls a tool`, async () => {
    const signIn = memorySignIn({ email: ACME.ada.email, password: 'ada-password' })
    const client = await connectSigningIn(gate.mcpUrl, signIn, mode)
    assertIsAda(await whoami(client))
    assert.equal(client.getNegotiatedProtocolVersion(), revision)
    assert.equal(signIn.visited.length, 1)
    await client.close()
  })
}

test('S2C-12 SDK v2 follows a teamspace address to the issuer of that teamspace', async () => {
  const signIn = memorySignIn(ACME.ada)
  const client = await connectSigningIn(gate.teamspaceUrl, signIn, 'auto')
  assertIsAda(await whoami(client))
  assert.equal(signIn.visited[0]!.pathname, '/t/acme/authorize')
  await client.close()
})

test('S2C-31 SDK v2 refreshes an expired access token through /token, without asking the person again', async () => {
  const signIn = memorySignIn(ACME.ada)
  const client = await connectSigningIn(gate.mcpUrl, signIn, { pin: '2026-07-28' })
  const { access_token: expired } = signIn.tokens()!
  nowMs += 2 * 3600_000

  assertIsAda(await whoami(client))
  assert.notEqual(signIn.tokens()!.access_token, expired)
  assert.equal(signIn.visited.length, 1)
  await client.close()
})

for (const [says, written] of [
  ['as published', (published: string) => published],
  ['with a slash at its end', (published: string) => `${published}/`],
] as const) {
  test(`S2C-04 S2C-22 SDK v2 may send the resource ${says}`, async () => {
    const signIn = memorySignIn(ACME.ada, { resource: written })
    const client = await connectSigningIn(gate.teamspaceUrl, signIn, 'auto')
    assertIsAda(await whoami(client))
    assert.equal(signIn.visited[0]!.searchParams.get('resource'), written(gate.teamspaceUrl))
    await client.close()
  })
}

test('S2C-11 SDK v2 with the pasted client id needs no registration', async (t) => {
  const strict = await startFindingsGate({ registration: 'none' })
  t.after(() => strict.close())
  const client = await connectSigningIn(
    strict.mcpUrl,
    memorySignIn(ACME.ada, { client: { client_id: ACME.gatewayClientId, issuer: strict.publicUrl } }),
    'auto',
  )
  assertIsAda(await whoami(client))
  await client.close()
})

test('X-44 SDK v2 is told 404 when the server forgot its session, and goes on with a new one', async () => {
  const signIn = memorySignIn(ACME.ada)
  const first = await connectSigningIn(gate.mcpUrl, signIn, 'legacy')
  await gate.restartFindings()
  await assert.rejects(whoami(first), (error) => error instanceof SdkHttpError && error.status === 404)

  const second = await connect(gate.mcpUrl, signIn, 'legacy')
  assertIsAda(await whoami(second))
  assert.equal(signIn.visited.length, 1)
  await Promise.all([first.close(), second.close()])
})

test('D-07 SDK v2 gives up on a person who is no member after one refresh, or at once with unmappedUserStatus 403', async (t) => {
  const patient = memorySignIn(ACME.dev)
  await assert.rejects(connectSigningIn(gate.mcpUrl, patient, 'auto'), /401 after re-authentication/)
  assert.equal(patient.visited.length, 1)

  const strict = await startFindingsGate({ settings: 'unmappedUserStatus: 403' })
  t.after(() => strict.close())
  const stranger = memorySignIn(ACME.dev)
  await assert.rejects(connectSigningIn(strict.mcpUrl, stranger, 'auto'), /HTTP 403/)
  assert.equal(stranger.visited.length, 1)
})
