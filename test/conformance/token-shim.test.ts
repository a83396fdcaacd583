import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { startTokenShim } from './token-shim.ts'

async function shimBefore(t: TestContext, handler: (request: IncomingMessage, response: ServerResponse) => void) {
  const target = createServer(handler).listen(0, '127.0.0.1')
  await once(target, 'listening')
  const address = `127.0.0.1:${(target.address() as AddressInfo).port}`
  const shim = await startTokenShim({ target: `http://${address}/mcp`, accessToken: async () => 'the-token' })
  t.after(async () => {
    await shim.close()
    target.close()
    target.closeAllConnections()
  })
  return { shim, address }
}

test('the shim adds the access token and answers what its target answered', async (t) => {
  const { shim } = await shimBefore(t, (incoming, outgoing) => {
    outgoing.writeHead(202, { 'mcp-session-id': 'a-session' })
    incoming.pipe(outgoing)
    assert.equal(incoming.headers.authorization, 'Bearer the-token')
  })
  const response = await fetch(shim.url, { method: 'POST', body: 'a body' })
  assert.deepEqual(
    [response.status, response.headers.get('mcp-session-id'), await response.text()],
    [202, 'a-session', 'a body'],
  )
})

test('Host and Origin of the shim become those of the target, foreign ones reach the target as they are', async (t) => {
  const { shim, address } = await shimBefore(t, ({ headers }, outgoing) => {
    outgoing.end(JSON.stringify([headers.host, headers.origin ?? null]))
  })
  const seen = async (headers: Record<string, string>) => {
    const outgoing = request(shim.url, { headers }).end()
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    return JSON.parse((await incoming.toArray()).join('')) as unknown
  }
  assert.deepEqual(await seen({ origin: new URL(shim.url).origin }), [address, `http://${address}`])
  assert.deepEqual(await seen({ host: 'evil.example', origin: 'http://evil.example' }), [
    'evil.example',
    'http://evil.example',
  ])
})

test('an event arrives while the response goes on, and a client that leaves is noticed by the target', async (t) => {
  const left = Promise.withResolvers<void>()
  const { shim } = await shimBefore(t, (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n')
    outgoing.on('close', left.resolve)
  })
  const client = new AbortController()
  const { body } = await fetch(shim.url, { signal: client.signal })
  const { value } = await body!.getReader().read()
  assert.equal(Buffer.from(value!).toString(), 'data: first\n\n')
  client.abort()
  await left.promise
})

test('a target that breaks off is a broken connection for the client, never a complete answer', async (t) => {
  const { shim } = await shimBefore(t, (_incoming, outgoing) => {
    outgoing.writeHead(200).write('half')
    setTimeout(() => outgoing.destroy(), 20)
  })
  await assert.rejects(async () => (await fetch(shim.url)).text())
})
