import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RequireBearer, toAuthInfo, type VerifiedToken, withPrincipal } from '@sallyport/verifier'
import { ownerOf } from './caller.ts'
import { createFindingsServer } from './findings-server.ts'
import { createMcpEndpoint } from './mcp/endpoint.ts'
import { hostHeaderValidation, originValidation } from './mcp/sdk.ts'
import { createDatabases } from './store/databases.ts'
import { inventoryOf } from './store/inventory.ts'

/** RFC 9728 §3.1: the well-known path goes before the path of the resource. */
export const PROTECTED_RESOURCE_METADATA = '/.well-known/oauth-protected-resource/mcp'

export interface AppOptions {
  readonly port: number
  readonly host: string
  readonly allowedHosts: readonly string[]
  readonly dataDir: string
  /** Where tokens for this server may be had (RFC 9728 §2). */
  readonly authorizationServers: readonly string[]
  /** Made for the address that the server turned out to have. */
  readonly authenticate: (url: string) => RequireBearer
  readonly now: () => number
  readonly log: (line: string) => void
}

export interface FindingsApp {
  /** The MCP endpoint. */
  readonly url: string
  readonly port: number
  /** What the last accepted request proved; for tests and demonstrations. The access token itself is not kept. */
  lastAuth(): VerifiedToken | undefined
  close(): Promise<void>
}

export async function startApp(options: AppOptions): Promise<FindingsApp> {
  const { now, log } = options
  const databases = createDatabases(options.dataDir)
  let lastAuth: VerifiedToken | undefined

  const inventory = inventoryOf(() => databases.current())
  const endpoint = createMcpEndpoint({
    factory: () => createFindingsServer({ inventory, now, log }),
    ownerOf,
    now,
    // Quoted and cut: the message may repeat what a caller sent.
    onerror: (error) => log(`mcp: ${JSON.stringify(error.message.slice(0, 200))}`),
  })

  const server = createServer()
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/mcp`

  const authenticate = options.authenticate(url)
  // Against DNS rebinding: a web page must not reach a server on its reader's own machine.
  const guards = [hostHeaderValidation([...options.allowedHosts]), originValidation([...options.allowedHosts])]

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const path = request.url?.split('?', 1)[0]
    if (path === '/healthz' || path === '/health')
      return void response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n')
    if (!guards.every((allows) => allows(request, response))) return
    if (path === PROTECTED_RESOURCE_METADATA) return answerMetadata(response, url, options.authorizationServers)
    if (path !== '/mcp') return void response.writeHead(404).end()

    const verified = await authenticate(request, response)
    if (verified === undefined) return
    lastAuth = verified
    // Everything that the call does finds its principal, and no tool can be handed another's.
    await withPrincipal(verified, () =>
      endpoint.handle(Object.assign(request, { auth: toAuthInfo(verified) }), response),
    )
  }

  server.on('request', (request, response) => {
    serve(request, response).catch((error: unknown) => {
      log(`request failed: ${error instanceof Error ? error.name : 'unknown error'}`)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })

  return {
    url,
    port,
    lastAuth: () => lastAuth,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      await endpoint.close()
      server.closeAllConnections()
      await closed
      databases.close()
    },
  }
}

function listen(server: Server, { port, host }: AppOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve())
  })
}

/** Without a server named, nobody signs in here: tokens come by exchange from a gate in front, or are pasted. */
function answerMetadata(response: ServerResponse, resource: string, authorizationServers: readonly string[]) {
  const metadata = {
    resource,
    resource_name: 'Compliance scanner',
    ...(authorizationServers.length > 0 && { authorization_servers: authorizationServers }),
    bearer_methods_supported: ['header'],
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
}
