import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startListFront } from '../../../../../test/support/list-front.ts'
import type { ListFrontOptions } from '../../../../../test/support/list-front.ts'
import { startRecordingUpstream } from '../../../../../test/support/recording-upstream.ts'
import type { Answer } from '../../../../../test/support/recording-upstream.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const STREAM = { 'content-type': 'text/event-stream' }
const request = (method: string, id: unknown = 1) => JSON.stringify({ jsonrpc: '2.0', id, method })
const answer = (result: object, id: unknown = 1) => JSON.stringify({ jsonrpc: '2.0', id, result })
const TOOLS = answer({ tools: [{ name: 'a' }, { name: 'b' }], nextCursor: '2' })
const WITHOUT_B = answer({ tools: [{ name: 'a' }], nextCursor: '2' })
const withoutB = { isVisible: ({ target }: { target: string }) => target !== 'b' }

async function start(t: TestContext, reply: Answer, options: ListFrontOptions = {}) {
  const upstream = await startRecordingUpstream()
  upstream.answerWith(reply)
  const front = await startListFront(upstream.url, { lists: withoutB, ...options })
  t.after(async () => {
    await front.close()
    await upstream.close()
  })
  const post = (body = request('tools/list')) => fetch(front.url, { method: 'POST', headers: JSON_TYPE, body })
  return { ...front, upstream, post }
}
const sending =
  (body: string | Buffer, headers: Record<string, string> = JSON_TYPE, status = 200): Answer =>
  (_seen, response) =>
    void response.writeHead(status, headers).end(body)
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

test('B-07c a list that is one answer comes without what the caller may not use, and the audit row counts', async (t) => {
  const validators = {
    etag: '"1"',
    'last-modified': 'Thu, 01 Jan 1970 00:00:00 GMT',
    'cache-control': 'public, max-age=9',
  }
  const gate = await start(t, sending(TOOLS, { ...JSON_TYPE, ...validators }))
  const response = await gate.post()
  assert.equal(response.status, 200)
  for (const name of ['etag', 'last-modified']) assert.equal(response.headers.get(name), null)
  assert.equal(response.headers.get('cache-control'), 'private')
  assert.equal(response.headers.get('content-length'), String(WITHOUT_B.length))
  assert.equal(await response.text(), WITHOUT_B)
  assert.deepEqual(gate.recorded.length, 1)
  assert.deepEqual(gate.recorded[0]!.filtered, { shown: 1, hidden: 1 })
  assert.equal(gate.held.bytes, 0)
})

test('B-07c a list in an event stream comes without it too, and leaves at once', async (t) => {
  const gate = await start(t, (_seen, response) => {
    response.writeHead(200, STREAM)
    response.write(`: hi\n\nid: 0\ndata:\n\nid: 1\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n`)
    response.write(`id: 2\nevent: message\ndata: ${TOOLS.replace(',', ',\ndata: ')}\n\n`) // and stays open
  })
  const response = await gate.post()
  const reader = response.body!.getReader()
  let text = ''
  while (!text.includes('nextCursor')) text += Buffer.from((await reader.read()).value!).toString()
  await reader.cancel()
  assert.equal(response.headers.get('x-accel-buffering'), 'no')
  assert.equal(
    text,
    ': hi\n\nid: 0\ndata:\n\nid: 1\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n' +
      `id: 2\nevent: message\ndata: ${WITHOUT_B.replace(',', ', ')}\n\n`,
  )
  assert.equal(gate.recorded[0]!.filtered, undefined)
})

test('a stream of known length is filtered in one piece, and its length is told anew', async (t) => {
  const events = `data: ${TOOLS}\n\n`
  const gate = await start(t, sending(events, { ...STREAM, 'content-length': `${events.length}` }))
  const response = await gate.post()
  const filtered = `data: ${WITHOUT_B}\n\n`
  assert.equal(response.headers.get('content-length'), `${filtered.length}`)
  assert.equal(await response.text(), filtered)
  assert.deepEqual(gate.recorded[0]!.filtered, { shown: 1, hidden: 1 })
})

test('B-07c a stream that repeats an earlier answer to a GET repeats no more than the caller may see', async (t) => {
  for (const headers of [STREAM, { 'content-type': 'text/event-stream; charset=utf-8' }, {}]) {
    const gate = await start(t, sending(`id: 5\ndata: ${TOOLS}\n\ndata: {"a":1}\n\n`, headers))
    const response = await fetch(gate.url, { headers: { 'last-event-id': '4' } })
    assert.equal(await response.text(), `id: 5\ndata: ${WITHOUT_B}\n\ndata: {"a":1}\n\n`)
  }
  const gate = await start(t, sending(TOOLS))
  assert.equal(await (await fetch(gate.url)).text(), WITHOUT_B)
})

test('X-42 a batch with a list in it is filtered', async (t) => {
  const gate = await start(t, sending(`[${answer({}, 1)},${TOOLS}]`))
  const response = await gate.post(`[${request('ping')},${request('tools/list')}]`)
  assert.equal(await response.text(), `[${answer({}, 1)},${WITHOUT_B}]`)
})

test('what is no answer to a request for a list passes byte for byte', async (t) => {
  const odd = ` ${TOOLS} `
  const gate = await start(t, sending(odd, { ...JSON_TYPE, etag: '"1"' }))
  for (const method of ['tools/call', 'ping', 'resources/read']) {
    const response = await gate.post(request(method))
    assert.equal(response.headers.get('etag'), '"1"')
    assert.equal(await response.text(), odd)
  }
})

test('without rules, a list passes unread', async (t) => {
  const text = '{"tools":[NaN'
  const gate = await start(t, sending(text, { ...JSON_TYPE, etag: '"1"' }), { lists: undefined })
  assert.equal(await (await gate.post()).text(), text)
  const stream = await start(t, sending(`data: ${text}`, STREAM), { lists: undefined })
  assert.equal(await (await stream.post()).text(), `data: ${text}`)
})

test('errors of a server pass in their own words', async (t) => {
  const refusal = '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"} }'
  for (const [body, headers, status] of [
    [refusal, JSON_TYPE, 200],
    [refusal, JSON_TYPE, 404],
    ['Session not found', { 'content-type': 'text/plain' }, 404],
    ['', {}, 202],
    ['', {}, 204],
    ['', {}, 405],
  ] as const) {
    const gate = await start(t, sending(body, headers, status))
    const response = await gate.post()
    assert.equal(response.status, status)
    assert.equal(await response.text(), body)
    assert.equal(gate.recorded[0]!.filtered, undefined)
  }
})

const UNREADABLE: readonly (readonly [what: string, reply: Answer])[] = [
  ['no JSON', sending('<html>tools</html>')],
  ['a page', sending('<html></html>', { 'content-type': 'text/html' })],
  ['a list twice', sending('{"result":{"tools":[],"tools":[{"name":"b"}]}}')],
  ['a list twice, as an error', sending('{"result":{"tools":[],"tools":[{"name":"b"}]}}', JSON_TYPE, 500)],
  ['an encoding', sending(TOOLS, { ...JSON_TYPE, 'content-encoding': 'gzip' })],
  ['an encoded stream', sending(`data: ${TOOLS}\n\n`, { ...STREAM, 'content-encoding': 'br' })],
]
for (const [what, reply] of UNREADABLE) {
  test(`a list that cannot be read is a fault, never passed on: ${what}`, async (t) => {
    const gate = await start(t, reply)
    const response = await gate.post()
    assert.equal(response.status, 502)
    assert.equal(await codeOf(response), 'upstream_answer_unreadable')
    assert.equal(gate.recorded.length, 1)
    assert.equal(gate.recorded[0]!.decision, 'fault')
    assert.equal(gate.held.bytes, 0)
  })
}

test('a stream with a list that cannot be read is cut before it, and said to be', async (t) => {
  const gate = await start(
    t,
    sending(`data: {"a":1}\n\ndata: {"result":{"tools":[],"tools":[]}}\n\ndata: 2\n\n`, STREAM),
  )
  const response = await gate.post()
  await assert.rejects(response.text())
  assert.deepEqual(
    gate.cut.map(({ code }) => code),
    ['upstream_answer_unreadable'],
  )
  assert.equal(gate.recorded.length, 1, 'one row a call')
})

test('a list is bounded in bytes, whichever way it comes', async (t) => {
  const long = answer({ tools: Array.from({ length: 100 }, (_, index) => ({ name: `tool ${index}` })) })
  const tight = { listBytes: long.length }
  const fits = await start(t, sending(long), tight)
  assert.equal((await fits.post()).status, 200)
  const late = await start(t, (_seen, response) => void response.writeHead(200, JSON_TYPE).write(`${long} `), tight)
  const response = await late.post() // without waiting for an end that never comes
  assert.equal(response.status, 502)
  assert.equal(await codeOf(response), 'upstream_answer_too_large')
  const stream = await start(t, sending(`data: ${long}\n\n`, STREAM), tight)
  await stream.post().then(
    (opened) => assert.rejects(opened.text()),
    () => undefined,
  )
  assert.deepEqual(
    stream.cut.map(({ code }) => code),
    ['upstream_answer_too_large'],
  )
  for (const { held } of [fits, late, stream]) assert.equal(held.bytes, 0)
})

test('lists that are held of all calls together are bounded, and what one held is given back', async (t) => {
  const slow: Answer = (_seen, response) => void response.writeHead(200, JSON_TYPE).write(' '.repeat(600))
  const gate = await start(t, slow, { heldBytes: 1_000 })
  const leaving = new AbortController()
  const first = fetch(gate.url, {
    method: 'POST',
    headers: JSON_TYPE,
    body: request('tools/list'),
    signal: leaving.signal,
  })
  while (gate.held.bytes < 600) await sleep(2)
  const second = await gate.post()
  assert.equal(second.status, 503)
  assert.equal(await codeOf(second), 'gate_busy')
  assert.equal(gate.held.bytes, 600)
  leaving.abort()
  await assert.rejects(first)
  while (gate.held.bytes > 0) await sleep(2)
})

test('a rule that fails shows nothing', async (t) => {
  const failing = () => {
    throw new TypeError('broken rule')
  }
  const gate = await start(t, sending(TOOLS), { lists: { isVisible: failing } })
  const response = await gate.post()
  assert.equal(response.status, 500)
  assert.equal(await codeOf(response), 'internal')
})

test('rules are asked by the class that the operator says, or else the server', async (t) => {
  const tools = [
    { name: 'get', annotations: { readOnlyHint: true } },
    { name: 'put', annotations: { destructiveHint: false } },
    { name: 'drop' },
    { name: 'old_get' },
  ]
  const asked: unknown[] = []
  const isVisible = (entry: unknown) => asked.push(entry) > 0
  const gate = await start(t, sending(answer({ tools })), { lists: { isVisible }, toolClasses: { 'old_*': 'read' } })
  await gate.post()
  const tool = (target: string, toolClass: string) => ({ kind: 'tool', target, toolClass, method: 'tools/call' })
  assert.deepEqual(asked, [
    tool('get', 'read'),
    tool('put', 'write'),
    tool('drop', 'destructive'),
    tool('old_get', 'read'),
  ])
})

test('2026-07-28: a filtered list says that it is private', async (t) => {
  const gate = await start(t, sending(answer({ ttlMs: 1, cacheScope: 'public', tools: [{ name: 'a' }] })))
  assert.equal(await (await gate.post()).text(), answer({ ttlMs: 1, cacheScope: 'private', tools: [{ name: 'a' }] }))
})

test('X-47 back-pressure holds: a client that does not read stops a filtered stream', async (t) => {
  let written = 0
  const event = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'x', params: 'x'.repeat(60_000) })}\n\n`
  const gate = await start(t, (_seen, response) => {
    response.writeHead(200, STREAM)
    const pump = () => {
      while (written < 2_000 && response.write(event)) written++
      if (written++ < 2_000) response.once('drain', pump)
      else response.end()
    }
    pump()
  })
  const response = await gate.post()
  let before = -1
  while (before !== written) {
    before = written
    await sleep(150)
  }
  assert.ok(written < 1_000, `${written} events of 60 kB were taken`)
  let bytes = 0
  for await (const chunk of response.body!) bytes += chunk.length
  assert.ok(bytes > 1_900 * event.length)
})
