import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { ACME, startGate } from '../support/gate.ts'
import { startListedGate } from '../support/listed-gate.ts'

/** A session of the SDK, version 1, whose list takes a moment and whose tool takes longer. */
async function startSlowServer(enableJsonResponse: boolean) {
  const mcpServer = new Server({ name: 'slow', version: '1.0.0' }, { capabilities: { tools: {} } })
  mcpServer.setRequestHandler(ListToolsRequestSchema, async () => {
    await sleep(100)
    return { tools: ['shown', 'secret_tool'].map((name) => ({ name, inputSchema: { type: 'object' as const } })) }
  })
  mcpServer.setRequestHandler(CallToolRequestSchema, async () => {
    await sleep(1_000)
    return { content: [] }
  })
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse, sessionIdGenerator: () => randomUUID() })
  await mcpServer.connect(transport as Parameters<Server['connect']>[0])
  const server = createServer((request, response) => void transport.handleRequest(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      await mcpServer.close()
      server.close()
      server.closeAllConnections()
    },
  }
}

const INITIALIZE = {
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
}

for (const [kind, enableJsonResponse] of [
  ['an event stream', false],
  ['one JSON answer', true],
] as const) {
  test(`a list that the server sends in answer to another request of the same id is filtered too: ${kind}`, async (t) => {
    const server = await startSlowServer(enableJsonResponse)
    t.after(() => server.close())
    const gate = await startListedGate(server.url, { tools: ['secret_*'] })
    t.after(() => gate.close())
    let session: string | undefined
    const send = (message: object) =>
      fetch(gate.url, {
        method: 'POST',
        headers: {
          ...gate.headers,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(session !== undefined && { 'mcp-session-id': session }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', ...message }),
        signal: AbortSignal.timeout(3_000),
      })
    const begun = await send({ id: 0, ...INITIALIZE })
    session = begun.headers.get('mcp-session-id')!
    await begun.text()
    await (await send({ method: 'notifications/initialized' })).text()

    const textOf = async (answer: Promise<Response>) => (await answer).text().catch(() => '')
    const listed = textOf(send({ id: 7, method: 'tools/list' })).catch(() => '')
    await sleep(40)
    const called = await textOf(send({ id: 7, method: 'tools/call', params: { name: 'shown', arguments: {} } }))
    assert.match(called, /"shown"/, 'the server answers the wrong request')
    assert.doesNotMatch(called, /secret_tool/)
    void listed
  })
}

const LIST = { jsonrpc: '2.0', id: 7, result: { tools: [{ name: 'shown' }, { name: 'secret_tool' }] } }
const RESULT = (length: number) => ({
  jsonrpc: '2.0',
  id: 7,
  result: { content: [{ type: 'text', text: 'x'.repeat(length) }] },
})

/** A session at a server that answers a call of a tool with these bytes; lists are read up to 2,000 of them. */
async function answering(type: string, body: string): Promise<{ status: number; text: string }> {
  const gate = await startGate({ settings: 'limits: { listBytes: 2000 }\n' })
  try {
    const rules = [{ name: 'hidden', effect: 'deny' as const, tools: ['secret_*'] }]
    await gate.admin.setPolicy(ACME.slug, { default: 'allow members', rules })
    gate.upstream.answerWith((seen, response) => {
      response.setHeader('mcp-session-id', 's')
      if (seen.body.includes('initialize')) return void response.setHeader('content-type', 'application/json').end('{}')
      response.setHeader('content-type', type).flushHeaders()
      for (let at = 0; at < body.length; at += 700) response.write(body.slice(at, at + 700))
      response.end()
    })
    const token = await gate.tokenFor(ACME.ada.email)
    const begun = await gate.call(token, { body: JSON.stringify({ jsonrpc: '2.0', id: 0, ...INITIALIZE }) })
    await begun.text()
    const answer = await gate.call(token, {
      body: JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'shown' } }),
      headers: { 'mcp-session-id': begun.headers.get('mcp-session-id')! },
    })
    const text = await answer.text().catch(() => 'cut')
    return { status: answer.status, text }
  } finally {
    await gate.close()
  }
}

const eventsOf = (...messages: object[]) =>
  messages.map((message) => `data: ${JSON.stringify(message)}\r\n\r\n`).join('')

test('results of tools pass byte for byte, however long, however they come, and unreadable ones too', async () => {
  const json = 'application/json'
  for (const body of [RESULT(10), RESULT(50_000), { result: { tools: 'none' } }].map((result) =>
    JSON.stringify(result),
  ))
    assert.equal((await answering(json, body)).text, body)
  const twice = '{"jsonrpc":"2.0","id":7,"result":{"content":[],"content":[]}}'
  assert.equal((await answering(json, twice)).text, twice)
  const events = eventsOf(RESULT(10), RESULT(5_000), RESULT(1), RESULT(50_000), RESULT(1_900), RESULT(4))
  assert.equal((await answering('text/event-stream', events)).text, events)
})

test('behind a long result an event with a list is filtered as ever; a list that is too long to be filtered is not passed', async () => {
  const behind = await answering('text/event-stream', eventsOf(RESULT(5_000), LIST, RESULT(1)))
  assert.ok(behind.text.includes('"shown"') && behind.text.endsWith(eventsOf(RESULT(1))))
  assert.doesNotMatch(behind.text, /secret_tool/)
  const long = { ...LIST, result: { tools: [...LIST.result.tools, { name: 'x'.repeat(5_000) }] } }
  const whole = await answering('application/json', JSON.stringify(long))
  assert.deepEqual([whole.status, /secret_tool/.test(whole.text)], [502, false])
  assert.doesNotMatch((await answering('text/event-stream', eventsOf(long))).text, /secret_tool/)
})
