import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { compareConformance } from './compare.ts'
import { startUpstream } from './upstream.ts'

test('a proxy that loses the session id is found out, scenario by scenario', async (t) => {
  const upstream = await startUpstream()
  t.after(() => upstream.close())
  const proxy = createServer(async (incoming, outgoing) => {
    const headers = new Headers(incoming.headers as Record<string, string>)
    for (const name of ['host', 'connection', 'content-length']) headers.delete(name)
    const body = incoming.method === 'POST' ? Buffer.concat(await incoming.toArray()) : null
    const response = await fetch(upstream.url, { method: incoming.method ?? 'GET', headers, body })
    const type = response.headers.get('content-type')
    outgoing.writeHead(response.status, type ? { 'content-type': type } : {})
    outgoing.end(Buffer.from(await response.arrayBuffer()))
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.after(() => void proxy.close().closeAllConnections())

  const through = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/mcp`
  const { worse, same } = await compareConformance({ direct: upstream.url, through, requirements: '2025-11-25' })
  const scenarios = new Set(worse.map(({ scenario }) => scenario))
  for (const lost of ['tools-list', 'ping', 'dns-rebinding-protection']) assert.ok(scenarios.has(lost), lost)
  assert.ok(same.length > 0)
})
