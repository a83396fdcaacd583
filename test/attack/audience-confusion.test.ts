import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startEmbeddedServer } from '../support/embedded-server.ts'
import { testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

const clock = testClock()
let gate: TestGate
let server: Awaited<ReturnType<typeof startEmbeddedServer>>
before(async () => {
  gate = await startGate({ now: clock.now })
  server = await startEmbeddedServer(gate, { configUrl: gate.adminUrl, now: clock.now })
})
after(async () => {
  await server.close()
  await gate.close()
})

const signed = (changes: Record<string, unknown>) =>
  gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, changes))

/** What the server behind was shown in place of Ada's token. */
async function exchanged(): Promise<string> {
  const ada = await gate.tokenFor(ACME.ada.email)
  await expectAllowed(gate, () => gate.call(ada))
  return gate.upstream.seen.at(-1)!.headers.authorization!.slice('Bearer '.length)
}

test('audience confusion: a token for the server behind does not open the gate', async () => {
  const stolen = await exchanged()
  await expectRefusal(gate, () => gate.call(stolen), { status: 401, code: 'audience_unknown' })
  const direct = await signed({ aud: ACME.apiClientId, scp: 'mcp.access Mcp.Gateway.Access' })
  await expectRefusal(gate, () => gate.call(direct), { status: 401, code: 'audience_unknown' })
})

test('audience confusion: a token for the gate does not open the server behind', async () => {
  const ada = await gate.tokenFor(ACME.ada.email)
  assert.equal((await server.call(ada)).status, 401)
  assert.equal((await server.call(await exchanged())).status, 200)
})

test('audience confusion: a token for the server that another client got, round the gate, does not open it', async () => {
  const forServer = { aud: ACME.apiClientId, scp: 'mcp.access' }
  assert.equal((await server.call(await signed(forServer))).status, 200)
  for (const azp of ['04b07795-8ddb-461a-bbee-02f9e1bf7b46', undefined]) {
    const answer = await server.call(await signed({ ...forServer, azp }))
    assert.equal(answer.status, 401)
    assert.equal(((await answer.json()) as Record<string, string>)['error_description'], 'Invalid token claims')
  }
})

test('audience confusion: tokens for Graph, for a client, or for the URL of the gate are not for the gate', async () => {
  for (const aud of [
    '00000003-0000-0000-c000-000000000000',
    'https://graph.microsoft.com',
    '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
    `api://${ACME.gatewayClientId}`,
    gate.mcpUrl,
    gate.publicUrl,
    `${ACME.gatewayClientId} `,
    `${ACME.gatewayClientId}/`,
    '*',
  ]) {
    const accessToken = await signed({ aud })
    await expectRefusal(gate, () => gate.call(accessToken), { status: 401, code: 'audience_unknown' })
  }
})
