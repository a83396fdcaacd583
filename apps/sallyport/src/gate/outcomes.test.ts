import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME, startGate } from '../../../../test/support/gate.ts'

test('X-41 the refusal of a request carries its id, and null for what has no id to answer', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const accessToken = await gate.tokenFor(ACME.ada.email)
  const refusedId = async (message: object, headers: Record<string, string>) => {
    const response = await gate.call(accessToken, { body: JSON.stringify({ jsonrpc: '2.0', ...message }), headers })
    assert.ok(response.status === 400 || response.status === 404)
    return ((await response.json()) as { id: unknown }).id
  }

  const wrongMethod = { 'mcp-method': 'tools/call' }
  assert.equal(await refusedId({ id: 'seven', method: 'tools/list' }, wrongMethod), 'seven')
  assert.equal(await refusedId({ id: 7, method: 'tools/list' }, { 'mcp-session-id': 'not.ours' }), 7)
  assert.equal(await refusedId({ method: 'notifications/initialized' }, wrongMethod), null)
  assert.equal(await refusedId({ id: 7, result: {} }, wrongMethod), null) // the id is the server's, not the client's
  assert.deepEqual(gate.upstream.seen, [])
})

test('B-07f the audit row of a completion says which prompt or resource it was about', async (t) => {
  const gate = await startGate({
    servers: (upstream) => `servers:
  context7: { path: /context7/mcp, upstream: ${upstream}, outbound: { kind: none } }
`,
  })
  t.after(() => gate.close())
  const params = { ref: { type: 'ref/prompt', name: 'review' }, argument: { name: 'a', value: 'b' } }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'completion/complete', params })
  assert.equal((await gate.call(await gate.tokenFor(ACME.ada.email), { body })).status, 200)
  await gate.sallyport.flushAudit()
  const { events } = await gate.admin.must('GET', '/audit?limit=1')
  assert.equal(events[0].target, 'review')
})
