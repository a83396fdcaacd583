import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { NO_CREDENTIAL } from '../../support/entra-tokens.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { sendRaw, sendRequest, writeRequest } from '../../support/raw-http.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'

let gate: TestGate
let bearer: readonly [string, string]
before(async () => {
  gate = await startGate({ servers: NO_CREDENTIAL })
  bearer = ['authorization', `Bearer ${await gate.tokenFor(ACME.ada.email)}`]
})
after(() => gate.close())

test('X-30 health and metadata need no credential, and say nothing of teamspaces', async () => {
  for (const path of [
    '/healthz',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/context7/mcp',
    '/.well-known/oauth-protected-resource/t/acme/context7/mcp',
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/t/acme',
  ]) {
    const answer = await fetch(gate.publicUrl + path)
    assert.equal(answer.status, 200, path)
    assert.ok(!(await answer.text()).includes('globex'), path)
  }
})

test('X-30 every other path is nothing, and reaches nothing', async () => {
  for (const path of [
    '/',
    '/metrics',
    '/stats',
    '/api/v1/teamspaces',
    '/v2/entra/config/x',
    '/scim/v2/Users',
    '/context7',
    '/context7/mcp/tools/list',
    '/api/mcp/tools/list_findings',
    '/t/acme',
    '/t/acme/',
    '/t/nobody/context7/mcp',
    '/t/ACME/context7/mcp',
    '/t/acme/t/acme/context7/mcp',
  ]) {
    for (const headers of [[], [bearer]]) {
      await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { target: path, headers }), { status: 404 })
    }
  }
})

test('X-31 an unknown well-known document, or one behind a trick, is nothing', async () => {
  const reached = gate.upstream.seen.length
  for (const target of [
    '/.well-known/foo',
    '/.well-known/',
    '/.well-known/../context7/mcp',
    '/.well-known/%2e%2e/context7/mcp',
    '/.well-known/..%2fcontext7%2fmcp',
    '/.well-known/oauth-protected-resource/../../context7/mcp',
    '/.well-known/oauth-protected-resource/context7/other',
    '/.well-known/oauth-protected-resource/t/nobody/context7/mcp',
  ]) {
    for (const method of ['GET', 'POST']) {
      const { status } = await sendRequest(gate.mcpUrl, { method, target, headers: [bearer] })
      assert.ok(status === 404 || status === 401, `${method} ${target}: ${status}`)
    }
  }
  assert.equal(gate.upstream.seen.length, reached)
})

const SPELLINGS = [
  '//context7/mcp',
  '/context7//mcp',
  '/context7/mcp/',
  '/context7/mcp//',
  '/CONTEXT7/mcp',
  '/context7/MCP',
  '/context7/%6dcp',
  '/context7%2fmcp',
  '/%63ontext7/mcp',
  '/context7/mcp;x',
  '/context7;x/mcp',
  '/context7/mcp%00',
  '/context7/mcp%20',
  '/context7/mcp%3fx',
  '/context7/mcp#x',
  '/./context7/mcp',
  '/context7/./mcp',
  '/x/../context7/mcp',
  '/context7/x/../mcp',
  '/healthz/../context7/mcp',
  '/healthz;/../context7/mcp',
  '/context7\\mcp',
  'context7/mcp',
  '*',
  'http://127.0.0.1/context7/mcp',
  'http://evil.example/context7/mcp',
  '/t/acme//context7/mcp',
  '/t/acme/../context7/mcp',
  '/t//context7/mcp',
  '/t/%61cme/context7/mcp',
]
for (const target of SPELLINGS) {
  test(`X-32 ${target} is not another way to the server, with a credential or without`, async () => {
    const reached = gate.upstream.seen.length
    for (const headers of [[], [bearer]]) {
      const [answer] = await sendRaw(gate.mcpUrl, writeRequest(gate.mcpUrl, { target, headers }))
      assert.ok(answer && [400, 404].includes(answer.status), `${target}: ${answer?.status}`)
    }
    assert.equal(gate.upstream.seen.length, reached)
  })
}

for (const target of [
  '/context7/mcp?x',
  '/context7/mcp?',
  '/context7/mcp?x=/healthz',
  '/context7/mcp?/../../healthz',
]) {
  test(`X-32 ${target} is the server, behind the same door, and the query stays here`, async () => {
    await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { target }), { status: 401, code: 'token_missing' })
    await expectAllowed(gate, () => sendRequest(gate.mcpUrl, { target, headers: [bearer] }))
    assert.equal(gate.upstream.seen.at(-1)!.url, '/mcp/oauth')
  })
}

const rpc = (method: string, params?: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
for (const body of [
  rpc('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } }),
  rpc('ping'),
  rpc('tools/list'),
  rpc('tools/call', { name: 'list_findings' }),
  rpc('server/discover'),
  rpc('anything/else'),
  JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
  JSON.stringify({ jsonrpc: '2.0', id: 1, result: {} }),
  '[]',
  'no JSON',
  '',
]) {
  test(`X-33 the body ${body.slice(0, 60)} needs a credential`, async () => {
    await expectRefusal(gate, () => gate.call(undefined, { body }), { status: 401, code: 'token_missing' })
  })
}

test('X-33 X-43 every HTTP method needs a credential, or does not exist', async () => {
  for (const method of ['GET', 'POST', 'DELETE']) {
    await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { method }), { status: 401, code: 'token_missing' })
  }
  for (const method of ['PUT', 'PATCH', 'HEAD', 'TRACE', 'PROPFIND', 'QUERY']) {
    const { status, headers } = await sendRequest(gate.mcpUrl, { method, headers: [bearer] })
    assert.equal(status, 405, method)
    assert.equal(headers.get('allow'), 'POST, GET, DELETE, OPTIONS')
  }
})

test('X-33 headers that ask for another method or path change nothing', async () => {
  const headers = [
    ['x-http-method-override', 'OPTIONS'],
    ['x-original-url', '/healthz'],
    ['x-rewrite-url', '/healthz'],
    ['x-forwarded-prefix', '/healthz'],
    ['x-forwarded-path', '/healthz'],
  ] as const
  await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { headers }), { status: 401, code: 'token_missing' })
})

test('X-33 a request to switch protocols, or a tunnel, gets no further than the door', async () => {
  const upgrade = [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['sec-websocket-version', '13'],
  ] as const
  const reached = gate.upstream.seen.length
  const [answer] = await sendRaw(
    gate.mcpUrl,
    writeRequest(gate.mcpUrl, { method: 'GET', headers: upgrade, without: ['connection'] }),
    { waitMs: 300 },
  )
  assert.equal(answer?.status, 401)
  const tunnel = await sendRaw(gate.mcpUrl, 'CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n', {
    waitMs: 300,
  })
  assert.ok(tunnel.every(({ status }) => status >= 400))
  assert.equal(gate.upstream.seen.length, reached)
})

test('D-18 /readyz is open, says no more than whether traffic may come, and /healthz does not ask the database', async () => {
  for (const [path, says] of [
    ['/readyz', 'ready'],
    ['/healthz', 'ok'],
  ] as const) {
    const answer = await fetch(`${gate.publicUrl}${path}`)
    assert.deepEqual([answer.status, await answer.text()], [200, says])
  }
})
