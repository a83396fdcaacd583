import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMcpEndpoint, type McpEndpoint } from '../../examples/findings/src/mcp/endpoint.ts'
import {
  createRequestStateCodec,
  hostHeaderValidation,
  McpServer,
  originValidation,
} from '../../examples/findings/src/mcp/sdk.ts'
import { memoryEventStore } from './event-store.ts'
import { registerAskingTools } from './fixtures/asking-tools.ts'
import { registerContentTools } from './fixtures/content-tools.ts'
import { registerInputRequiredTools } from './fixtures/input-required-tools.ts'
import { registerPrompts } from './fixtures/prompts.ts'
import { registerResources } from './fixtures/resources.ts'
import { registerStreamingTools } from './fixtures/streaming-tools.ts'

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/** An MCP server with every fixture that the conformance suite asks for, in both eras of the protocol. */
export async function startUpstream({ port: wantedPort = 0 } = {}) {
  const stateCodec = createRequestStateCodec({ key: randomBytes(32) })
  const endpoint: McpEndpoint = createMcpEndpoint({
    factory: () => createFixtures(stateCodec, () => endpoint.notify),
    ownerOf: () => 'anyone',
    eventStore: memoryEventStore,
  })
  const guards = [hostHeaderValidation(LOOPBACK), originValidation(LOOPBACK)]
  const server = createServer((request, response) => {
    if (guards.every((allows) => allows(request, response))) void endpoint.handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(wantedPort, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  return {
    port,
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      await endpoint.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function createFixtures(stateCodec: ReturnType<typeof createRequestStateCodec>, notify: () => McpEndpoint['notify']) {
  const mcpServer = new McpServer(
    { name: 'conformance-fixtures', version: '1.0.0' },
    {
      capabilities: { logging: {}, resources: { subscribe: true, listChanged: true } },
      requestState: { verify: stateCodec.verify },
    },
  )
  registerContentTools(mcpServer)
  registerStreamingTools(mcpServer, notify)
  registerAskingTools(mcpServer)
  registerInputRequiredTools(mcpServer, stateCodec)
  registerResources(mcpServer)
  registerPrompts(mcpServer)
  return mcpServer
}
