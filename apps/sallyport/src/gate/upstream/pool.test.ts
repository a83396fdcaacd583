import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { createUpstreamPool } from './pool.ts'
import type { UpstreamHandler } from './pool.ts'

test('a pool that is drained can be cut all the same: what was open in it ends without a fault of its own', async (t) => {
  const server = createServer((_request, response) => void response.writeHead(200).write('open'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => (server.closeAllConnections(), server.close()))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const pool = createUpstreamPool(origin, { max: 1, headersTimeoutMs: 1_000, bodyTimeoutMs: 1_000 })
  const { promise: began, resolve: isBegun } = Promise.withResolvers<void>()
  const handler: UpstreamHandler = {
    onRequestStart: () => undefined,
    onResponseStart: () => isBegun(),
    onResponseData: () => undefined,
    onResponseEnd: () => undefined,
    onResponseError: () => handler.release!(),
  }
  assert.ok(pool.dispatch({ path: '/', method: 'GET' }, handler))
  await began
  const drained = pool.drain()
  await pool.close()
  await drained
  await turn() // an unhandled rejection would fail this test
})
