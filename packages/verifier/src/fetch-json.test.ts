import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { flood, json, startLoopback } from '../test/loopback-server.ts'
import { fetchJson } from './fetch-json.ts'

const options = { fetch: globalThis.fetch, timeoutSeconds: 1, maxBytes: 100 }

test('an answer of exactly the limit is read, one byte more is refused', async () => {
  const body = 'x'.repeat(98)
  await using server = await startLoopback(json(body))
  assert.deepEqual(await fetchJson(server.url, options), { status: 200, body })
  await assert.rejects(fetchJson(server.url, { ...options, maxBytes: 99 }), /larger than 99 bytes/)
})

test('an answer that is too large is not read to its end: the connection is closed', async () => {
  let closed: Promise<unknown> | undefined
  await using server = await startLoopback((req, res) => {
    closed = once(res, 'close')
    flood(req, res)
  })
  await assert.rejects(fetchJson(server.url, options))
  await closed
})

test('an answer that trickles is cut off at the time limit', async () => {
  await using server = await startLoopback((_req, res) => {
    res.writeHead(200)
    const timer = setInterval(() => res.write(' '), 20)
    res.on('close', () => clearInterval(timer))
  })
  await assert.rejects(fetchJson(server.url, { ...options, timeoutSeconds: 0.2 }), /timeout|abort/i)
})
