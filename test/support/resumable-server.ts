import { createServer } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import type { EventStore } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import {
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { memoryEventStore } from '../conformance/event-store.ts'

/**
 * A server of the SDK, version 1, with one session, that drops the stream of each list before its answer: whoever wants
 * it has to come back with `Last-Event-ID`.
 */
export async function startResumableServer(names: readonly string[]) {
  const mcpServer = new Server(
    { name: 'resumable', version: '1.0.0' },
    { capabilities: { tools: {}, prompts: {}, resources: {} } },
  )
  const dropping =
    <Result>(result: Result) =>
    async (_request: unknown, { closeSSEStream }: { closeSSEStream?: (() => void) | undefined }) => {
      closeSSEStream?.()
      await sleep(20)
      return result
    }
  const tools = names.map((name) => ({ name, inputSchema: { type: 'object' as const } }))
  const resources = names.map((name) => ({ name, uri: `test://${name}` }))
  const resourceTemplates = names.map((name) => ({ name, uriTemplate: `test://${name}/{id}` }))
  mcpServer.setRequestHandler(ListToolsRequestSchema, dropping({ tools }))
  mcpServer.setRequestHandler(ListPromptsRequestSchema, dropping({ prompts: names.map((name) => ({ name })) }))
  mcpServer.setRequestHandler(ListResourcesRequestSchema, dropping({ resources }))
  mcpServer.setRequestHandler(ListResourceTemplatesRequestSchema, dropping({ resourceTemplates }))
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    eventStore: memoryEventStore() as EventStore,
    retryInterval: 5,
  })
  await mcpServer.connect(transport as Parameters<Server['connect']>[0])

  const resumedAfter: string[] = []
  const server = createServer((request, response) => {
    const lastEventId = request.headers['last-event-id']
    if (typeof lastEventId === 'string') resumedAfter.push(lastEventId)
    void transport.handleRequest(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    /** Event ids that clients came back with. */
    resumedAfter,
    async close() {
      await mcpServer.close()
      server.close()
      server.closeAllConnections()
    },
  }
}
