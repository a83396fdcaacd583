import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { ACME, startGate, TOOLS_LIST } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { sendRaw, writeRequest } from '../support/raw-http.ts'

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: NO_CREDENTIAL })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())
beforeEach(() => void gate.upstream.answerWith())

const host = () => new URL(gate.mcpUrl).host
const smuggled = () =>
  `POST /context7/mcp HTTP/1.1\r\nHost: ${host()}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`
const head = (...lines: string[]) =>
  [
    `POST /context7/mcp HTTP/1.1`,
    `Host: ${host()}`,
    `Authorization: Bearer ${ada}`,
    'Content-Type: application/json',
    ...lines,
  ]
    .map((line) => `${line}\r\n`)
    .join('')

/** Framings that a proxy in front and the gate could read differently. */
const framings: Readonly<Record<string, () => string>> = {
  'Content-Length and Transfer-Encoding': () =>
    `${head('Content-Length: 5', 'Transfer-Encoding: chunked')}\r\n0\r\n\r\n${smuggled()}`,
  'Transfer-Encoding and Content-Length': () =>
    `${head('Transfer-Encoding: chunked', 'Content-Length: 5')}\r\n0\r\n\r\n${smuggled()}`,
  'two different Content-Lengths': () => `${head('Content-Length: 0', 'Content-Length: 150')}\r\n${smuggled()}`,
  'a list of Content-Lengths': () => `${head('Content-Length: 0, 150')}\r\n${smuggled()}`,
  'a Content-Length with a sign': () => `${head('Content-Length: +2')}\r\n{}${smuggled()}`,
  'a Content-Length in hexadecimal': () => `${head('Content-Length: 0x2')}\r\n{}${smuggled()}`,
  'a negative Content-Length': () => `${head('Content-Length: -1')}\r\n{}${smuggled()}`,
  'an unknown coding': () => `${head('Transfer-Encoding: xchunked')}\r\n0\r\n\r\n${smuggled()}`,
  'chunked that is not last': () => `${head('Transfer-Encoding: chunked, identity')}\r\n0\r\n\r\n${smuggled()}`,
  'a space before the colon': () => `${head('Transfer-Encoding : chunked', 'Content-Length: 2')}\r\n{}${smuggled()}`,
  'a folded header': () => `${head('X-Fold: a\r\n Transfer-Encoding: chunked', 'Content-Length: 2')}\r\n{}`,
  'a bare line feed in the head': () => `${head('X-A: a\nTransfer-Encoding: chunked', 'Content-Length: 2')}\r\n{}`,
  'a bare carriage return in the head': () => `${head('X-A: a\rX-B: b', 'Content-Length: 2')}\r\n{}`,
  'a NUL in a header': () => `${head('X-A: a\u0000b', 'Content-Length: 2')}\r\n{}`,
  'a chunk size with a sign': () => `${head('Transfer-Encoding: chunked')}\r\n+2\r\n{}\r\n0\r\n\r\n`,
  'a chunk size beyond 64 bits': () => `${head('Transfer-Encoding: chunked')}\r\nffffffffffffffff2\r\n{}\r\n0\r\n\r\n`,
  'a chunk longer than it says': () => `${head('Transfer-Encoding: chunked')}\r\n2\r\n{}xx\r\n0\r\n\r\n`,
  'a header name with a space': () => `${head('Content Length: 2')}\r\n{}`,
  'a header without a name': () => `${head(': chunked', 'Content-Length: 2')}\r\n{}`,
  'a request line with two spaces': () => head('Content-Length: 2').replace('mcp HTTP', 'mcp  HTTP') + '\r\n{}',
  'a request line without a version': () => head('Content-Length: 2').replace(' HTTP/1.1', '') + '\r\n{}',
  'HTTP/1.2': () => head('Content-Length: 2').replace('HTTP/1.1', 'HTTP/1.2') + '\r\n{}',
  'HTTP/2 without TLS': () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
}
for (const [what, write] of Object.entries(framings)) {
  test(`request smuggling: ${what} is refused, the connection ends, and nothing behind it is read`, async () => {
    const reached = gate.upstream.seen.length
    const answers = await sendRaw(gate.mcpUrl, write(), { waitMs: 1000 })
    assert.ok(answers.length <= 1, `${answers.length} answers`)
    assert.ok(
      answers.every(({ status }) => status >= 400),
      JSON.stringify(answers),
    )
    assert.equal(gate.upstream.seen.length, reached)
  })
}

test('request smuggling: a body of a GET is not a request, here or behind', async () => {
  const inner = smuggled()
  for (const method of ['GET', 'DELETE']) {
    const reached = gate.upstream.seen.length
    const bytes = writeRequest(gate.mcpUrl, { method, headers: [['authorization', `Bearer ${ada}`]], body: inner })
    const answers = await sendRaw(gate.mcpUrl, bytes)
    assert.equal(answers.length, 1)
    const [seen, ...more] = gate.upstream.seen.slice(reached)
    assert.deepEqual(
      [seen!.method, seen!.body, seen!.headers['content-length'], more.length],
      [method, '', undefined, 0],
    )
  }
})

test('request smuggling: each of two pipelined calls is judged by its own credential', async () => {
  const reached = gate.upstream.seen.length
  const good = writeRequest(gate.mcpUrl, { headers: [['authorization', `Bearer ${ada}`]], without: ['connection'] })
  const bare = writeRequest(gate.mcpUrl)
  const answers = await sendRaw(gate.mcpUrl, good + bare)
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401],
  )
  assert.equal(gate.upstream.seen.length, reached + 1)
})

test('request smuggling: after a refusal with its body unread, the rest of that body is not a request', async () => {
  const reached = gate.upstream.seen.length
  const good = writeRequest(gate.mcpUrl, { headers: [['authorization', `Bearer ${ada}`]] })
  const announced = `POST /context7/mcp HTTP/1.1\r\nHost: ${host()}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n`
  const answers = await sendRaw(gate.mcpUrl, announced + good, { waitMs: 1000 })
  assert.deepEqual(
    answers.map(({ status }) => status),
    [401],
  )
  assert.equal(answers[0]!.headers.get('connection'), 'close')
  assert.equal(gate.upstream.seen.length, reached)
})

test('request smuggling: trailers reach nobody', async () => {
  const body = `${TOOLS_LIST.length.toString(16)}\r\n${TOOLS_LIST}\r\n0\r\nAuthorization: Bearer trailer-canary\r\nMcp-Name: trailer-canary\r\n\r\n`
  const bytes = `${head('Transfer-Encoding: chunked', 'Trailer: Authorization', 'Connection: close')}\r\n${body}`
  const [answer] = await sendRaw(gate.mcpUrl, bytes)
  assert.equal(answer!.status, 200)
  const seen = gate.upstream.seen.at(-1)!
  assert.ok(!JSON.stringify(seen).includes('trailer-canary'))
  assert.equal(seen.headers['content-length'], String(TOOLS_LIST.length))
})

test('response splitting: what the server behind puts into a header cannot become two headers', async () => {
  gate.upstream.answerWith((_seen, response) => {
    response.socket!.end(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: a\rSet-Cookie: x=y\r\nContent-Length: 2\r\n\r\n{}',
    )
  })
  const answer = await gate.call(ada)
  assert.equal(answer.headers.get('set-cookie'), null)
  assert.equal(answer.status, 502)
})

test('response splitting: an answer of two lengths, or with more after it, is not believed', async () => {
  for (const bytes of [
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 20\r\n\r\n{}',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ]) {
    gate.upstream.answerWith((_seen, response) => void response.socket!.end(bytes))
    assert.equal((await gate.call(ada)).status, 502)
  }
  gate.upstream.answerWith((_seen, response) => {
    response.socket!.end(
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"poison"',
    )
  })
  assert.equal(await (await gate.call(ada)).text(), '{}')
  gate.upstream.answerWith()
  const next = await gate.call(ada)
  assert.ok(!(await next.text()).includes('poison'))
})
