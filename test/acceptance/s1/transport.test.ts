import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { ACME, startGate, TOOLS_LIST } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { sendRequest } from '../../support/raw-http.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'

const SERVERS = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    outbound: { kind: entra-obo }
`
const SETTINGS = `allowedOrigins: ['https://app.example']
limits: { messageBytes: 65536 }
`

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: SERVERS, settings: SETTINGS })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())
beforeEach(() => gate.upstream.answerWith())

const withHeaders = (headers: Record<string, string>, body?: string) => () =>
  gate.call(ada, { headers, ...(body !== undefined && { body }) })
const rpc = (method: string, params?: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
const refused = (status: number, code: string) => ({ status, code })

for (const origin of [
  'https://evil.example',
  'null',
  'https://app.example.evil.example',
  'http://app.example',
  'file://',
]) {
  test(`X-40 a page of origin ${origin} is refused before any credential is looked at`, async () => {
    const expected = refused(403, 'origin_not_allowed')
    await expectRefusal(gate, () => gate.call(undefined, { headers: { origin } }), expected)
    await expectRefusal(gate, withHeaders({ origin }), expected)
    await expectRefusal(gate, () => gate.call(ada, { method: 'GET', headers: { origin } }), expected)
  })
}

test('X-40 listed origins, our own, a loopback one and none at all may call', async () => {
  for (const origin of ['https://app.example', gate.publicUrl, 'http://localhost:5173', 'http://127.0.0.1:6274']) {
    await expectAllowed(gate, withHeaders({ origin }))
  }
  await expectAllowed(gate, withHeaders({}))
})

test('X-40 two origins are none that is allowed', async () => {
  const headers = [
    ['authorization', `Bearer ${ada}`],
    ['origin', 'https://app.example'],
    ['origin', 'https://evil.example'],
  ] as const
  await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { headers }), refused(403, 'origin_not_allowed'))
})

const V2026 = '2026-07-28'
const modern = (method: string, params: object = {}) =>
  rpc(method, { ...params, _meta: { 'io.modelcontextprotocol/protocolVersion': V2026 } })

test('X-41 headers that say what the body says pass', async () => {
  const headers = { 'mcp-protocol-version': V2026, 'mcp-method': 'tools/call', 'mcp-name': 'list_findings' }
  await expectAllowed(gate, withHeaders(headers, modern('tools/call', { name: 'list_findings' })))
  const encoded = `=?base64?${Buffer.from('befunde-für-ada').toString('base64')}?=`
  await expectAllowed(
    gate,
    withHeaders({ ...headers, 'mcp-name': encoded }, modern('tools/call', { name: 'befunde-für-ada' })),
  )
})

const call = modern('tools/call', { name: 'delete_all' })
for (const [what, headers, body] of [
  ['method', { 'mcp-method': 'tools/list' }, call],
  ['method in another case', { 'mcp-method': 'Tools/Call' }, call],
  ['name', { 'mcp-method': 'tools/call', 'mcp-name': 'list_findings' }, call],
  ['encoded name', { 'mcp-name': '=?base64?bGlzdF9maW5kaW5ncw==?=' }, call],
  ['name, encoded in a broken way', { 'mcp-name': '=?base64?***?=' }, call],
  ['version', { 'mcp-protocol-version': '2025-06-18' }, call],
  ['method of a notification', { 'mcp-method': 'tools/list' }, '{"jsonrpc":"2.0","method":"notifications/cancelled"}'],
  ['method of a response', { 'mcp-method': 'tools/list' }, '{"jsonrpc":"2.0","id":1,"result":{}}'],
  ['URI of a resource', { 'mcp-name': 'file:///a' }, modern('resources/read', { uri: 'file:///b' })],
  ['name of a prompt', { 'mcp-name': 'a' }, modern('prompts/get', { name: 'b' })],
  ['name where the body has none', { 'mcp-name': 'list_findings' }, modern('tools/call')],
] as const) {
  test(`X-41 a header that disagrees with the body about the ${what} is a 400 with -32020`, async () => {
    const refusal = await expectRefusal(gate, withHeaders(headers, body), refused(400, 'header_mismatch'))
    assert.equal((JSON.parse(refusal.body) as { error: { code: number } }).error.code, -32020)
  })
}

test('X-41 two of one mirrored header are refused, whichever comes first', async () => {
  for (const names of [
    ['list_findings', 'delete_all'],
    ['delete_all', 'list_findings'],
  ]) {
    const headers = [['authorization', `Bearer ${ada}`], ...names.map((name) => ['mcp-name', name] as const)] as const
    await expectRefusal(gate, () => sendRequest(gate.mcpUrl, { headers, body: call }), refused(400, 'header_mismatch'))
  }
})

const batch = (...messages: string[]) => `[${messages.join(',')}]`

test('X-42 a batch passes for the one revision that had batches, and only for it', async () => {
  const body = batch(rpc('tools/list'), rpc('ping'))
  gate.upstream.answerWith((_seen, response) => void response.setHeader('content-type', 'application/json').end('[]'))
  await expectAllowed(gate, withHeaders({}, body))
  await expectAllowed(gate, withHeaders({ 'mcp-protocol-version': '2025-03-26' }, body))
  for (const version of ['2024-11-05', '2025-06-18', '2025-11-25', V2026, '2099-01-01', 'x', '']) {
    await expectRefusal(gate, withHeaders({ 'mcp-protocol-version': version }, body), refused(400, 'batch_not_allowed'))
  }
})

test('X-42 a batch whose messages name a later revision is refused', async () => {
  await expectRefusal(
    gate,
    withHeaders({}, batch(rpc('ping'), modern('tools/list'))),
    refused(400, 'batch_not_allowed'),
  )
})

test('X-42 each message of a batch is judged, not the first alone', async () => {
  const twice = '{"jsonrpc":"2.0","id":2,"method":"ping","method":"tools/call"}'
  await expectRefusal(gate, withHeaders({}, batch(rpc('ping'), twice)), refused(400, 'message_ambiguous'))
  const lookAlike = '{"jsonrpc":"2.0","id":2,"method":"ping","Method":"tools/call"}'
  await expectRefusal(gate, withHeaders({}, batch(rpc('ping'), lookAlike)), refused(400, 'message_ambiguous'))
  for (const odd of ['1', 'null', '[]', '{}', '"x"', batch(rpc('ping'))]) {
    await expectRefusal(gate, withHeaders({}, batch(rpc('ping'), odd)), refused(400, 'message_malformed'))
  }
})

test('X-42 an empty batch and one of more than fifty messages are refused', async () => {
  await expectRefusal(gate, withHeaders({}, '[]'), refused(400, 'message_malformed'))
  const many = batch(...Array.from({ length: 51 }, () => rpc('ping')))
  await expectRefusal(gate, withHeaders({}, many), refused(400, 'message_malformed'))
})

test('X-42 a header that names one method or tool of a batch is refused: it says nothing of the others', async () => {
  const body = batch(rpc('tools/list'), rpc('tools/call', { name: 'delete_all' }))
  for (const headers of [{ 'mcp-method': 'tools/list' }, { 'mcp-name': 'list_findings' }]) {
    await expectRefusal(gate, withHeaders(headers, body), refused(400, 'header_mismatch'))
  }
})

test('X-43 GET and DELETE pass the same doors as POST', async () => {
  gate.upstream.answerWith((_seen, response) => void response.writeHead(405, { allow: 'POST' }).end())
  for (const method of ['GET', 'DELETE']) {
    const answer = await gate.call(ada, { method })
    assert.equal(answer.status, 405, 'as the server behind answers')
    const seen = gate.upstream.seen.at(-1)!
    assert.deepEqual([seen.method, seen.body], [method, ''])
    assert.notEqual(seen.headers.authorization, `Bearer ${ada}`)
  }
})

test('X-45 the server is given a token of its own, never the one that came in', async () => {
  await expectAllowed(gate, withHeaders({}))
  const seen = gate.upstream.seen.at(-1)!
  const sent = seen.headers.authorization!.slice('Bearer '.length)
  const { aud, azp } = JSON.parse(Buffer.from(sent.split('.')[1]!, 'base64url').toString())
  assert.deepEqual({ aud, azp }, { aud: ACME.apiClientId, azp: ACME.gatewayClientId })
  assert.ok(!seen.rawHeaders.join('\n').includes(ada) && !seen.body.includes(ada))
})

test('X-46 a stream that was opened goes on; each new call is judged anew', async () => {
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    setTimeout(() => response.end('data: 2\n\n'), 50)
  })
  const ben = await gate.tokenFor(ACME.ben.email)
  const stream = await gate.call(ben)
  await gate.admin.removeMember('acme', ACME.ben.email)
  assert.equal(await stream.text(), 'data: 1\n\ndata: 2\n\n')
  await expectRefusal(gate, () => gate.call(ben), refused(401, 'member_unknown'))
  await gate.admin.addMember('acme', ACME.ben)
})

test('X-47 an event stream arrives event by event, and no proxy is invited to buffer it', async () => {
  let push = (_event: string) => {}
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    push = (event) => void (event === '' ? response.end() : response.write(event))
  })
  const answer = await gate.call(ada) // resolves with the head of a stream that is silent still
  assert.equal(answer.headers.get('x-accel-buffering'), 'no')
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
    push(event)
    assert.equal((await reader.read()).value, event)
  }
  push('')
  assert.equal((await reader.read()).done, true)
})

const preflight = (headers: Record<string, string>) => fetch(gate.mcpUrl, { method: 'OPTIONS', headers })

test('X-48 a preflight needs no credential and never allows credentials', async () => {
  const reached = gate.upstream.seen.length
  const answer = await preflight({
    origin: 'https://app.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, mcp-protocol-version',
  })
  assert.equal(answer.status, 204)
  assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example')
  assert.match(answer.headers.get('access-control-allow-methods') ?? '', /POST/)
  assert.match(answer.headers.get('access-control-allow-headers') ?? '', /authorization/)
  assert.equal(answer.headers.get('access-control-allow-credentials'), null)
  assert.match(answer.headers.get('vary') ?? '', /origin/i)
  assert.equal(gate.upstream.seen.length, reached)
})

test('X-48 a preflight of another origin is refused', async () => {
  for (const origin of ['https://evil.example', 'null']) {
    const answer = await preflight({ origin, 'access-control-request-method': 'POST' })
    assert.equal(answer.status, 403)
    assert.equal(answer.headers.get('access-control-allow-origin'), null)
  }
})

test('X-48 browsers may read the challenge and the session, of answers and refusals alike', async () => {
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, {
      'access-control-allow-origin': '*',
      'access-control-allow-credentials': 'true',
      'mcp-session-id': 's1',
    })
    response.end('{}')
  })
  const headers = { origin: 'https://app.example' }
  for (const answer of [await gate.call(undefined, { headers }), await gate.call(ada, { headers })]) {
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example')
    assert.equal(answer.headers.get('access-control-allow-credentials'), null)
    const exposed = (answer.headers.get('access-control-expose-headers') ?? '').toLowerCase()
    for (const name of ['www-authenticate', 'mcp-session-id']) assert.ok(exposed.includes(name), name)
  }
  const plain = await gate.call(ada)
  assert.equal(plain.headers.get('access-control-allow-origin'), null, 'none without an Origin')
})

for (const [what, headers] of [
  ['no content type', { 'content-type': '' }],
  ['text/plain, as a page can send without a preflight', { 'content-type': 'text/plain' }],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['JSON in another charset', { 'content-type': 'application/json; charset=utf-16' }],
  ['JSON in UTF-7', { 'content-type': 'application/json; charset=utf-7' }],
  ['two types', { 'content-type': 'application/json, text/plain' }],
  ['a type that begins alike', { 'content-type': 'application/json-patch+json' }],
  ['gzip', { 'content-encoding': 'gzip' }],
  ['two encodings', { 'content-encoding': 'identity, gzip' }],
] as const) {
  test(`a body of ${what} is not read`, async () => {
    await expectRefusal(gate, withHeaders(headers), refused(415, 'message_type_unsupported'))
  })
}

test('a body that says UTF-8 is one', async () => {
  for (const type of ['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON']) {
    await expectAllowed(gate, withHeaders({ 'content-type': type }))
    assert.equal(gate.upstream.seen.at(-1)!.headers['content-type'], 'application/json')
  }
})

test('a message at the limit passes, one byte more is a 413, announced or not', async () => {
  const padded = (size: number) => {
    const empty = rpc('tools/call', { name: 'x', arguments: { p: '' } })
    return empty.replace('"p":""', `"p":"${'a'.repeat(size - empty.length)}"`)
  }
  await expectAllowed(gate, withHeaders({}, padded(65536)))
  await expectRefusal(gate, withHeaders({}, padded(65537)), refused(413, 'message_too_large'))

  const body = padded(70_000)
  const headers = [
    ['authorization', `Bearer ${ada}`],
    ['transfer-encoding', 'chunked'],
  ] as const
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const send = () => sendRequest(gate.mcpUrl, { headers, body: chunked, without: ['content-length'] })
  await expectRefusal(gate, send, refused(413, 'message_too_large'))
})

test('what is judged is what is sent: the body goes on byte for byte', async () => {
  const body = '  {"jsonrpc" : "2.0","id":1e0,\r\n"method":"tools\\/list","params":{"_meta":{"x":"\\u00e9é"}}}\n'
  await expectAllowed(gate, withHeaders({}, body))
  assert.equal(gate.upstream.seen.at(-1)!.body, body)
  await expectAllowed(gate, withHeaders({}, TOOLS_LIST))
})
