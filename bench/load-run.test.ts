import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openConnection } from './load-connection.ts'
import { createPlayer } from './load-run.ts'
import { callRequest } from './requests.ts'

test('every call that was started is counted, and every refusal among them', { timeout: 10_000 }, async () => {
  let served = 0
  const server = createServer((request, response) => {
    response.writeHead(++served % 10 === 0 ? 403 : 200).end('{}')
    request.resume()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const call = callRequest({ port, path: '/mcp' }, 'token')
  const player = createPlayer()
  for (let opened = 0; opened < 4; opened++) player.add(await openConnection(port, player.onAnswer))

  const flatOut = await player.run({ seconds: 0.3 }, () => call)
  assert.equal(flatOut.calls, served)
  assert.equal(flatOut.failed, Math.floor(served / 10))
  assert.ok(flatOut.p50 <= flatOut.p99)

  const paced = await player.run({ seconds: 0.5, perSecond: 100 }, () => call)
  assert.ok(paced.calls > 30 && paced.calls <= 51, `${paced.calls}`)

  let left = 7
  const few = await player.run({ seconds: 5 }, () => (left-- > 0 ? call : undefined))
  assert.equal(few.calls, 7)
  player.close()
  server.closeAllConnections()
  server.close()
})
