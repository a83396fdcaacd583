import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

const clock = testClock()
let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({
    now: clock.now,
    servers: (upstream) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    auth: [EntraJwt, Token]
    outbound: { kind: none }
    toolRates: { 'export_*': { calls: 3, seconds: 3600 } }
`,
    settings: 'limits: { openCalls: { principal: 2 } }\n',
  })
  ada = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
})
after(() => gate.close())

const EXPORT = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'export_all' } })
const statusOf = async (token: string) => (await gate.call(token, { body: EXPORT })).status

async function ask(path: string, body: object, bearer: string): Promise<{ id: string; token: string }> {
  const answer = await fetch(`${gate.adminUrl}/api/v1/mcp-tokens${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(answer.status, 201, await answer.clone().text())
  return (await answer.json()) as { id: string; token: string }
}

test('tokens that a member mints and rotates give the member no more calls', async () => {
  const statuses: number[] = [await statusOf(ada)]
  let minted = await ask('', { name: 'mine' }, ada)
  statuses.push(await statusOf(minted.token))
  for (let i = 0; i < 3; i++) {
    minted = await ask(`/${minted.id}/rotate`, {}, ada)
    statuses.push(await statusOf(minted.token))
  }
  statuses.push(await statusOf((await ask('', { name: 'another' }, ada)).token), await statusOf(ada))
  assert.deepEqual(statuses, [200, 200, 200, 429, 429, 429, 429])
})

test('a token of the teamspace has no more calls once it was rotated', async () => {
  let minted = await gate.admin.must('POST', '/teamspaces/acme/mcp-tokens', { name: 'ci' })
  const statuses: number[] = []
  for (let i = 0; i < 5; i++) {
    statuses.push(await statusOf(minted.token))
    minted = await gate.admin.must('POST', `/teamspaces/acme/mcp-tokens/${minted.id}/rotate`, {})
  }
  assert.deepEqual(statuses, [200, 200, 200, 429, 429])
  const other = await gate.admin.must('POST', '/teamspaces/acme/mcp-tokens', { name: 'other' })
  assert.equal(await statusOf(other.token), 200)
})

test('nor has a member more calls open at once', async () => {
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  })
  const controllers = [0, 1, 2].map(() => new AbortController())
  const tokens = [ada, (await ask('', { name: 'open 1' }, ada)).token, (await ask('', { name: 'open 2' }, ada)).token]
  const statuses: number[] = []
  for (const [i, token] of tokens.entries())
    statuses.push((await gate.call(token, { signal: controllers[i]!.signal })).status)
  controllers.forEach((controller) => controller.abort())
  gate.upstream.answerWith()
  assert.deepEqual(statuses, [200, 200, 429])
})
