import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testClock } from '../support/entra-tokens.ts'
import { ACME, startGate, TOOLS_LIST } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'

const MIB = 1024 * 1024
/** Longer than anything here takes, shorter than anybody waits. */
const SOON_MS = 1_000
const EVENT_STREAM = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }

const soon = <T>(what: string, promise: Promise<T>): Promise<T> =>
  Promise.race([
    promise,
    sleep(SOON_MS, undefined, { ref: false }).then(() => assert.fail(`${what}: not within ${SOON_MS} ms`)),
  ])

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + SOON_MS
  while (!holds()) {
    assert.ok(Date.now() < deadline, `${what}: not within ${SOON_MS} ms`)
    await sleep(5)
  }
}

/** Whole events as they come, one after the other. */
async function* eventsOf(response: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let text = ''
  for await (const chunk of response) {
    text += chunk.toString()
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      yield text.slice(0, end).replace(/^data: /, '')
      text = text.slice(end + 2)
    }
  }
}

describe('streams through the gate', () => {
  const clock = testClock(Math.floor(Date.now() / 1000))
  let gate: TestGate
  let token: string
  const opened: ClientRequest[] = []
  before(async () => {
    gate = await startGate({ now: clock.now })
    token = await gate.tokenFor(ACME.ada.email)
  })
  after(() => gate.close())
  beforeEach(() => void (gate.upstream.seen.length = 0))
  afterEach(async () => {
    for (const request of opened.splice(0)) request.destroy()
    gate.upstream.answerWith()
  })

  /** A call by a client that reads only what it is told to. */
  function start({ method = 'POST', body = TOOLS_LIST, headers = {} } = {}): ClientRequest {
    const request = httpRequest(gate.mcpUrl, {
      method,
      agent: false,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json, text/event-stream',
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        ...headers,
      },
    })
    request.on('error', () => undefined) // every abort is one
    opened.push(request)
    request.end(method === 'POST' ? body : undefined)
    return request
  }
  const headOf = async (request: ClientRequest): Promise<IncomingMessage> => {
    const [response] = (await soon('the head', once(request, 'response'))) as [IncomingMessage]
    response.on('error', () => undefined)
    return response
  }
  const open = (init?: Parameters<typeof start>[0]) => headOf(start(init))
  const lastRule = async () => {
    await gate.sallyport.flushAudit()
    return (await gate.admin.must('GET', '/audit?limit=1')).events[0].rule
  }
  /** What the server behind writes to, once the gate has called it. */
  const nextUpstream = (head?: Record<string, string>): Promise<ServerResponse> =>
    new Promise((resolve) =>
      gate.upstream.answerWith((_seen, response) => {
        if (head) response.writeHead(200, head).flushHeaders()
        resolve(response)
      }),
    )

  it('S2 11: each of thirty events arrives before the next is sent, the first within a second (S2B-19)', async () => {
    const upstream = nextUpstream(EVENT_STREAM)
    const startedAt = performance.now()
    const response = await open()
    const stream = await upstream
    assert.equal(response.headers['content-type'], 'text/event-stream')
    assert.equal(response.headers['x-accel-buffering'], 'no')
    const events = eventsOf(response)
    const lags: number[] = []
    for (let index = 0; index < 30; index++) {
      const sentAt = performance.now()
      stream.write(`data: ${index}\n\n`)
      // Were anything buffered on the way, this would wait for bytes that are never sent.
      const { value } = await soon(`event ${index}`, events.next())
      assert.equal(value, String(index))
      lags.push(performance.now() - sentAt)
      if (index === 0) assert.ok(performance.now() - startedAt < SOON_MS)
    }
    const [median] = lags.sort((a, b) => a - b).slice(15)
    assert.ok(median! < 50, `median lag ${median} ms`)
    stream.end()
    assert.equal((await soon('the end', events.next())).done, true)
  })

  it('S2 11: events in bursts, pieces and pauses arrive as they were sent', async () => {
    const upstream = nextUpstream(EVENT_STREAM)
    const events = eventsOf(await open())
    const stream = await upstream
    const next = async () => (await soon('an event', events.next())).value
    stream.write('data: a\n\ndata: b\n\nda')
    assert.deepEqual([await next(), await next()], ['a', 'b'])
    stream.write('ta: \u20ac')
    await sleep(60)
    stream.write('\n')
    stream.write('\n: keep-alive\n\n')
    assert.deepEqual([await next(), await next()], ['\u20ac', ': keep-alive'])
    const large = 'x'.repeat(3 * MIB)
    stream.end(`data: ${large}\n\n`)
    assert.equal(await next(), large)
  })

  it('S2 11: the head of a stream that stays silent arrives at once, for GET as for POST (X-47)', async () => {
    for (const method of ['POST', 'GET']) {
      const upstream = nextUpstream(EVENT_STREAM)
      const response = await open({ method })
      assert.equal(response.statusCode, 200, method)
      ;(await upstream).end()
    }
    const chunked = nextUpstream({ 'content-type': 'application/json' })
    assert.equal((await open()).headers['x-accel-buffering'], undefined, 'only event streams need it')
    ;(await chunked).end()
  })

  it('S2 11: a client that goes away within the stream ends the request to the server', async () => {
    const upstream = nextUpstream(EVENT_STREAM)
    const request = start()
    const response = await headOf(request)
    const stream = await upstream
    stream.write('data: 1\n\n')
    await soon('an event', eventsOf(response).next())
    request.destroy()
    await until('the server is told', () => gate.upstream.seen[0]!.aborted)
  })

  it('S2 11: a client that goes away before there is a head ends the request to the server', async () => {
    const upstream = nextUpstream()
    const request = start()
    await soon('the call', upstream)
    assert.equal(gate.upstream.seen[0]!.aborted, false)
    request.destroy()
    await until('the server is told', () => gate.upstream.seen[0]!.aborted)
    assert.equal(await lastRule(), 'client_gone')
  })

  it('S2 11: a client that goes away during the exchange never reaches the server', async () => {
    gate.emulator.setFault({ path: 'token', kind: 'slow', delayMs: 100 })
    const kept = token
    token = await gate.emulator.signToken(ACME.tenantId, {
      ...JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()),
      uti: 'gone-during-exchange',
    })
    const before = gate.emulator.requests.length
    const request = start()
    await until('the exchange', () => gate.emulator.requests.length > before)
    request.destroy()
    await sleep(250)
    assert.equal(gate.upstream.seen.length, 0)
    assert.equal(await lastRule(), 'client_gone')
    token = kept
    gate.emulator.setFault(undefined)
  })

  it('S2 11: a client that does not read stops the server, and gets every byte when it goes on', async () => {
    const total = 256 * MIB
    const chunk = Buffer.alloc(256 * 1024, 0x61)
    let written = 0
    gate.upstream.answerWith((_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      const write = () => {
        while (written < total) {
          written += chunk.length
          if (!response.write(chunk)) return void response.once('drain', write)
        }
        response.end()
      }
      write()
    })
    const response = await open()
    response.pause()
    let before = -1
    while (before !== written) {
      before = written
      await sleep(150)
    }
    // What the two sockets and the buffers between hold; it does not grow with the stream.
    assert.ok(written < 48 * MIB, `the server could write ${written / MIB} MiB to nobody`)
    let received = 0
    for await (const part of response) received += (part as Buffer).length
    assert.equal(received, total)
  })

  it('S2 11: when the server dies within a stream, the client sees it broken, not ended', async () => {
    const upstream = nextUpstream(EVENT_STREAM)
    const response = await open()
    const stream = await upstream
    stream.write('data: 1\n\n')
    const events = eventsOf(response)
    await soon('an event', events.next())
    stream.destroy()
    await soon('the break', assert.rejects(events.next(), { code: 'ECONNRESET' }))
    assert.equal(response.complete, false)
  })

  it('S2 11: when the server dies before its head, the client is told 502 and may try again', async () => {
    gate.upstream.answerWith((_seen, response) => void response.destroy())
    const response = await open()
    assert.equal(response.statusCode, 502)
    gate.upstream.answerWith()
    assert.equal((await open()).statusCode, 200)
  })

  it('S2 11: a small answer that breaks off is a 502, and its audit row says so', async () => {
    gate.upstream.answerWith((_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"jsonrpc":', () => response.destroy())
    })
    const answer = await gate.call(await gate.tokenFor(ACME.ada.email))
    gate.upstream.answerWith()
    assert.equal(answer.status, 502)
    assert.equal(((await answer.json()) as { code: string }).code, 'upstream_unreachable')
    await gate.sallyport.flushAudit()
    const { events } = await gate.admin.must('GET', '/audit?limit=1')
    assert.deepEqual([events[0].decision, events[0].rule, events[0].status], ['fault', 'upstream_unreachable', 502])
  })

  it('S2 11: two hundred streams at once are served apart, and each ends with its client', async () => {
    const streams = new Map<string, ServerResponse>()
    gate.upstream.answerWith((seen, response) => {
      response.writeHead(200, EVENT_STREAM).flushHeaders()
      streams.set(JSON.parse(seen.body).id, response)
    })
    const count = 200
    const clients = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const request = start({ body: JSON.stringify({ jsonrpc: '2.0', id: `c${index}`, method: 'tools/list' }) })
        const [response] = (await once(request, 'response')) as [IncomingMessage]
        response.on('error', () => undefined)
        return { id: `c${index}`, request, events: eventsOf(response) }
      }),
    )
    assert.equal(streams.size, count)
    for (let round = 0; round < 3; round++) {
      for (const [id, stream] of streams) stream.write(`data: ${id} ${round}\n\n`)
      const got = await soon('all events', Promise.all(clients.map(({ events }) => events.next())))
      assert.deepEqual(
        got.map(({ value }) => value),
        clients.map(({ id }) => `${id} ${round}`),
      )
    }
    for (const { request } of clients) request.destroy()
    await until('all are told', () => gate.upstream.seen.every(({ aborted }) => aborted))
    gate.upstream.answerWith()
    assert.equal((await open()).statusCode, 200, 'and the next call finds a connection')
  })

  it('X-46: a stream goes on when its token expires; the next call with that token is refused', async () => {
    const upstream = nextUpstream(EVENT_STREAM)
    const events = eventsOf(await open())
    const stream = await upstream
    clock.advance(24 * 3600)
    stream.write('data: still here\n\n')
    assert.equal((await soon('an event', events.next())).value, 'still here')
    assert.equal((await open()).statusCode, 401)
    stream.end()
    assert.equal((await soon('the end', events.next())).done, true)
    token = await gate.tokenFor(ACME.ada.email)
  })

  describe('bodies of requests', () => {
    const LIMIT = 4 * MIB
    const bodyOf = (bytes: number) => {
      const [head, tail] = [
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"text":"',
        '"}}}',
      ]
      return head + 'y'.repeat(bytes - head!.length - tail!.length) + tail
    }
    const answerTo = async (body: string, headers: Record<string, string>) => {
      const response = await open({ body, headers })
      response.resume()
      return response.statusCode
    }

    it('S2 11: pass byte for byte up to the limit, announced or chunked', async () => {
      const body = bodyOf(LIMIT)
      for (const headers of [{ 'content-length': String(LIMIT) }, { 'transfer-encoding': 'chunked' }] as Record<
        string,
        string
      >[]) {
        assert.equal(await answerTo(body, headers), 200)
        assert.ok(gate.upstream.seen.at(-1)!.body === body)
      }
    })

    it('S2 11: are 413 from one byte above, and the server sees nothing', async () => {
      const body = bodyOf(LIMIT + 1)
      for (const headers of [{ 'content-length': String(LIMIT + 1) }, { 'transfer-encoding': 'chunked' }] as Record<
        string,
        string
      >[]) {
        assert.equal(await answerTo(body, headers), 413)
      }
      assert.equal(gate.upstream.seen.length, 0)
    })

    it('S2 11: that never end are refused at the limit, not collected', async () => {
      const request = httpRequest(gate.mcpUrl, {
        method: 'POST',
        agent: false,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'transfer-encoding': 'chunked',
        },
      })
      opened.push(request)
      request.on('error', () => undefined)
      const chunk = Buffer.alloc(64 * 1024, 0x20)
      const over = new Promise((resolve) => request.on('close', resolve))
      let sent = 0
      const send = () => {
        while (sent < 64 * MIB && !request.destroyed) {
          sent += chunk.length
          if (!request.write(chunk)) return
        }
      }
      request.on('drain', send).on('response', (response) => response.resume())
      send()
      await soon('the end of the connection', over)
      assert.equal(await lastRule(), 'message_too_large')
      assert.ok(sent < 32 * MIB, `${sent / MIB} MiB went out`)
      assert.equal(gate.upstream.seen.length, 0)
    })
  })
})
