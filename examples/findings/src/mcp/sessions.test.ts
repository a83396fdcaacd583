import assert from 'node:assert/strict'
import { test } from 'node:test'
import { McpServer } from './sdk.ts'
import { createSessions } from './sessions.ts'

const HOUR = 3_600_000

function sessionsAt(clock: { now: number }, limits: { maxSessions?: number; maxSessionsPerOwner?: number } = {}) {
  let open = 0
  const factory = () => {
    open++
    const mcpServer = new McpServer({ name: 'test', version: '1.0.0' }, { capabilities: { tools: {} } })
    mcpServer.server.onclose = () => void open--
    return mcpServer
  }
  const sessions = createSessions({ factory, ownerOf: (auth) => auth?.clientId ?? '', now: () => clock.now, ...limits })
  const send = async (method: string, params: object, id?: string, owner = 'alice') => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(id && { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' }),
    }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const request = new Request('http://localhost/mcp', { method: 'POST', headers, body })
    const response = await sessions.fetch(request, { authInfo: { token: '', clientId: owner, scopes: [] } })
    await response.text()
    return response
  }
  const begin = async (owner?: string) => {
    const clientInfo = { name: 'test', version: '1.0.0' }
    const response = await send(
      'initialize',
      { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
      undefined,
      owner,
    )
    return response.headers.get('mcp-session-id') ?? ''
  }
  const statusOf = async (id: string, owner?: string) => (await send('tools/list', {}, id, owner)).status
  return { sessions, send, begin, statusOf, openServers: () => open }
}

test('a session that nobody used for half an hour is gone once another begins', async () => {
  const clock = { now: 0 }
  const { begin, statusOf } = sessionsAt(clock)
  const [idle, used] = [await begin(), await begin()]
  clock.now += HOUR / 3
  assert.equal(await statusOf(used), 200)
  clock.now += HOUR / 3
  await begin()
  assert.equal(await statusOf(idle), 404)
  assert.equal(await statusOf(used), 200)
})

test('there are never more sessions than allowed: the one unused for longest makes room', async () => {
  const { begin, statusOf, openServers } = sessionsAt({ now: 0 }, { maxSessions: 2 })
  const [first, second] = [await begin(), await begin()]
  assert.equal(await statusOf(first), 200)
  const third = await begin()
  assert.deepEqual(await Promise.all([first, second, third].map((id) => statusOf(id))), [200, 404, 200])
  assert.equal(openServers(), 2)
})

test('one caller with many sessions loses the oldest of them, and nobody else loses any', async () => {
  const { begin, statusOf } = sessionsAt({ now: 0 }, { maxSessionsPerOwner: 2 })
  const others = await begin('bob')
  const [first, second, third] = [await begin(), await begin(), await begin()]
  assert.deepEqual(await Promise.all([first, second, third].map((id) => statusOf(id))), [404, 200, 200])
  assert.equal(await statusOf(others, 'bob'), 200)
})

test('a request that begins no session leaves no server behind', async () => {
  const { send, openServers } = sessionsAt({ now: 0 })
  assert.equal((await send('tools/list', {})).status, 400)
  assert.equal((await send('tools/list', {}, 'made-up')).status, 404)
  assert.equal(openServers(), 0)
})
