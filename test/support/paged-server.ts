import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

/** A server of the SDK, version 1, whose tools come in pages, each as one answer or in an event stream. */
export async function startPagedServer(pages: readonly (readonly string[])[], { enableJsonResponse = false } = {}) {
  const server = createServer(async (request, response) => {
    const mcpServer = new Server({ name: 'paged', version: '1.0.0' }, { capabilities: { tools: {} } })
    mcpServer.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
      const page = Number(params?.cursor ?? 0)
      const tools = pages[page]!.map((name) => ({ name, inputSchema: { type: 'object' as const } }))
      return { tools, ...(page + 1 < pages.length && { nextCursor: String(page + 1) }) }
    })
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse })
    response.on('close', () => void mcpServer.close())
    await mcpServer.connect(transport as Parameters<Server['connect']>[0])
    await transport.handleRequest(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
