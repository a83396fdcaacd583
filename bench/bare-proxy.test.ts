import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { endChild, startChild, type Child } from './children.ts'
import { untilWritten } from './ports.ts'

let answer: RequestListener = () => {}
let upstream: Server
let proxy: Child
let port: number

before(async () => {
  upstream = createServer((asked, answered) => answer(asked, answered)).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  proxy = startChild(process.execPath, [fileURLToPath(new URL('bare-proxy.ts', import.meta.url)), origin], {
    ipc: true,
  })
  port = Number((await untilWritten(proxy, /listening on (\d+)/))[1])
})

after(async () => {
  await endChild(proxy)
  upstream.closeAllConnections()
  upstream.close()
})

const post = (headers: Record<string, string> = {}) => request({ port, host: '127.0.0.1', method: 'POST', headers })

test('bodies of any size arrive whole, in both directions', { timeout: 10_000 }, async () => {
  answer = (asked, answered) => void asked.pipe(answered)
  for (const size of [0, 10, 100_000, 20_000_000]) {
    const sent = Buffer.alloc(size, 'abc')
    const call = post(size > 100_000 ? {} : { 'content-length': String(size) })
    call.end(sent)
    const [answered] = (await once(call, 'response')) as [IncomingMessage]
    assert.ok(sent.equals(await buffer(answered)), `${size} bytes`)
  }
})

test('a client that stops reading stops the upstream', { timeout: 10_000 }, async () => {
  let written = 0
  answer = (_, answered) => {
    const chunk = Buffer.alloc(64 * 1024)
    const more = () => {
      while (written < 200e6 && answered.write(chunk)) written += chunk.length
    }
    answered.on('drain', more)
    more()
  }
  const call = post().end()
  const [answered] = (await once(call, 'response')) as [IncomingMessage]
  answered.pause()
  let seen = -1
  while (seen !== written) {
    seen = written
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  assert.ok(written < 60e6, `${written} bytes were read ahead`)
  call.destroy()
})

test('the head of a silent event stream arrives, and its end follows the client', { timeout: 10_000 }, async () => {
  let ended: Promise<unknown> = Promise.resolve()
  answer = (_, answered) => {
    answered.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    ended = once(answered, 'close')
  }
  const call = post().end()
  await once(call, 'response')
  call.destroy()
  await ended
})

test('a client that leaves before the answer ends the call upstream', { timeout: 10_000 }, async () => {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>()
  answer = (asked) => resolve(asked)
  const call = post().on('error', () => {})
  call.end()
  const asked = await promise
  const closed = once(asked.socket, 'close')
  call.destroy()
  await closed
})
