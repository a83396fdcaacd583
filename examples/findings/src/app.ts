import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node'
import type { ServerContext } from '@modelcontextprotocol/server'
import type { VerifiedToken } from '@sallyport/verifier'
import { ownerOf, toAuthInfo, verifiedTokenOf } from './caller.ts'
import { createFindingsServer } from './findings-server.ts'
import { createMcpEndpoint } from './mcp/endpoint.ts'
import { createDatabases } from './store/databases.ts'
import { findingsRepository } from './store/findings-repository.ts'

export interface AppOptions {
  readonly port: number
  readonly host: string
  readonly allowedHosts: readonly string[]
  readonly dataDir: string
  /** Answers the request itself, and resolves with undefined, when it carries no acceptable access token. */
  readonly authenticate: (request: IncomingMessage, response: ServerResponse) => Promise<VerifiedToken | undefined>
  readonly now: () => number
  readonly log: (line: string) => void
}

export async function startApp(options: AppOptions) {
  const { authenticate, now, log } = options
  const databases = createDatabases(options.dataDir)
  let lastAuth: VerifiedToken | undefined

  const callOf = ({ http }: ServerContext) => {
    const caller = verifiedTokenOf(http?.authInfo)
    return { caller, findings: findingsRepository(() => databases.open(caller.teamspaceId)), now }
  }
  const endpoint = createMcpEndpoint({
    factory: () => createFindingsServer(callOf),
    ownerOf,
    now,
    onerror: (error) => log(`mcp: ${error.message}`),
  })
  // Against DNS rebinding: a web page must not reach a server on its reader's own machine.
  const guards = [hostHeaderValidation([...options.allowedHosts]), originValidation([...options.allowedHosts])]

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const path = request.url?.split('?', 1)[0]
    if (path === '/healthz') return void response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n')
    if (path !== '/mcp') return void response.writeHead(404).end()
    if (!guards.every((allows) => allows(request, response))) return

    const verified = await authenticate(request, response)
    if (verified === undefined) return
    lastAuth = verified
    await endpoint.handle(Object.assign(request, { auth: toAuthInfo(verified) }), response)
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      log(`request failed: ${error instanceof Error ? error.name : 'unknown error'}`)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo

  return {
    port,
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}/mcp`,
    /** What the last accepted request proved; for tests and the tour. The access token itself is not kept. */
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
