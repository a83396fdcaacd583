import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callSlowly } from '../support/call-slowly.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { CallInit, TestGate } from '../support/gate.ts'

const SERVERS = (upstream: string) => `servers:
  tools: { path: /tools/mcp, upstream: '${upstream}', outbound: { kind: none } }
  scoped: { path: /scoped/mcp, upstream: '${upstream}', outbound: { kind: none }, scopes: [tools.write] }
  exchanged: { path: /exchanged/mcp, upstream: '${upstream}', outbound: { kind: entra-obo } }
  gone: { path: /gone/mcp, upstream: 'http://127.0.0.1:1/mcp', outbound: { kind: none } }
`

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: SERVERS })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

async function lastCall(): Promise<{ decision: string; rule: string; step?: string }> {
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=20')
  return events.find(({ kind }: { kind: string }) => kind === 'call')
}

async function endedAt(token: string | undefined, path: string, init: CallInit = {}): Promise<unknown> {
  const answer = await gate.call(token, { ...init, url: `${gate.publicUrl}${path}` })
  await answer.body?.cancel()
  return (await lastCall()).step
}

test('X-51 the audit row of a refusal or a fault says at which step the call ended', async () => {
  const dev = await gate.tokenFor(ACME.dev.email)
  assert.equal(await endedAt(ada, '/nowhere'), 'route')
  assert.equal(await endedAt(ada, '/tools/mcp', { method: 'PUT' }), 'route')
  assert.equal(await endedAt(undefined, '/tools/mcp'), 'authenticate')
  assert.equal(await endedAt(dev, '/tools/mcp'), 'admit')
  assert.equal(await endedAt(ada, '/tools/mcp', { body: '{' }), 'read')
  assert.equal(await endedAt(ada, '/scoped/mcp'), 'authorize')
  assert.equal(await endedAt(ada, '/gone/mcp'), 'forward')
})

test('X-51 a call that ends in the inner door says so, at its first and at its second go', async (t) => {
  t.after(() => gate.upstream.answerWith())
  gate.emulator.setFault({ path: 'token', kind: 'status', status: 503, times: 1 })
  assert.equal(await endedAt(ada, '/exchanged/mcp'), 'exchange')

  const again = await gate.tokenFor(ACME.ada.email)
  gate.upstream.answerWith((_seen, response) => {
    gate.emulator.setFault({ path: 'token', kind: 'status', status: 503, times: 1 })
    response.writeHead(401).end()
  })
  assert.equal(await endedAt(again, '/exchanged/mcp'), 'exchange')
  assert.equal((await lastCall()).rule, 'exchange_unavailable')
})

test('X-51 whoever was removed while the message arrived was refused after it was read', async (t) => {
  t.after(() => gate.admin.addMember(ACME.slug, ACME.ben))
  const ben = await gate.tokenFor(ACME.ben.email)
  const slow = { ...gate, mcpUrl: `${gate.publicUrl}/tools/mcp` }
  const { status } = await callSlowly(slow, ben, () => gate.admin.removeMember(ACME.slug, ACME.ben.email))
  assert.equal(status, 401)
  assert.equal((await lastCall()).step, 'readmit')
})

test('an allowed call has no step to name', async () => {
  assert.equal(await endedAt(ada, '/tools/mcp'), undefined)
  assert.equal((await lastCall()).decision, 'allowed')
})
