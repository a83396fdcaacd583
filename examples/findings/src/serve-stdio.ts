import { type StdioServerHandle, serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { bindPrincipal, withPrincipal } from '@sallyport/verifier'
import { createFindingsServer } from './findings-server.ts'
import { createDatabases } from './store/databases.ts'
import { inventoryOf } from './store/inventory.ts'

export interface StdioOptions {
  readonly dataDir: string
  /** Of every call: nobody is authenticated over stdio. */
  readonly teamspaceId: string
  readonly now: () => number
  /** To stderr: stdout is the protocol. */
  readonly log: (line: string) => void
}

export function serveFindingsOverStdio({ dataDir, teamspaceId, now, log }: StdioOptions): StdioServerHandle {
  const databases = createDatabases(dataDir)
  const inventory = inventoryOf(() => databases.current())
  const transport = new StdioServerTransport()
  const principal = { kind: 'stdio', teamspaceId, subject: 'stdio', scopes: [] } as const
  return withPrincipal(principal, () => {
    const handle = serveStdio(() => createFindingsServer({ inventory, now, log }), {
      transport,
      onerror: (error) => log(`mcp: ${JSON.stringify(error.message.slice(0, 200))}`),
    })
    // Streams call their listeners as nobody: without this every tool would find no principal, and refuse.
    const { onmessage } = transport
    if (onmessage) transport.onmessage = bindPrincipal(onmessage)
    return handle
  })
}
