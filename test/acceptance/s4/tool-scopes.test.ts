import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startTokenGate } from './support.ts'

test('B-07 a a member mints a token for some tools only, which its record, the list and the audit trail say', async (t) => {
  const { gate, ask, mint, ada, ben } = await startTokenGate(t)
  const toolScopes = ['class:read', 'tool:add', 'server:context7']
  for (const member of [ada, ben]) {
    const minted = await mint(member, { tool_scopes: ['read', 'tool:add', 'server:context7', 'class:read'] })
    assert.deepEqual(minted.tool_scopes, toolScopes)
    assert.deepEqual((await ask('GET', '?limit=1', member)).body.tokens[0].tool_scopes, toolScopes)
    assert.equal((await gate.call(minted.token)).status, 200, 'one of its own servers')

    const rotated = (await ask('POST', `/${minted.id}/rotate`, member, { grace_seconds: 0 })).body
    assert.deepEqual(rotated.tool_scopes, toolScopes)
    const wider = await ask('POST', `/${rotated.id}/rotate`, member, { tool_scopes: ['tools:*'] })
    assert.deepEqual([wider.status, wider.body.errors], [400, [{ path: 'tool_scopes', says: 'is not known here' }]])
  }
  assert.equal((await mint(ada)).tool_scopes, null)
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme')
  const rotation = events.find(({ action }: any) => action === 'mcp_token.rotate')
  assert.deepEqual([rotation.before.toolScopes, rotation.after.toolScopes], [toolScopes, toolScopes])
})

test('B-07 a scopes that are none are refused by name, to members and to the operator', async (t) => {
  const { gate, ask, ada } = await startTokenGate(t)
  const says = '"tool:*" is not a scope: say tools:* for all tools'
  const expected = [400, [{ path: 'tool_scopes.1', says }]]
  const input = { name: 'x', tool_scopes: ['read', 'tool:*'] }
  const { status, body } = await ask('POST', '', ada, input)
  assert.deepEqual([status, body.errors], expected)
  const { status: same, body: problem } = await gate.admin.send('POST', '/teamspaces/acme/mcp-tokens', input)
  assert.deepEqual([same, problem.errors], expected)
  for (const tool_scopes of [[], 'read', Array(101).fill('tool:x')]) {
    assert.equal((await ask('POST', '', ada, { name: 'x', tool_scopes })).status, 400)
  }
  assert.deepEqual((await ask('GET', '', ada)).body.tokens, [])
})
