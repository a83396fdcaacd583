import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cachedSource, createEntraVerifier, remoteSource, requireBearer } from '@sallyport/verifier'
import type { CachedSourceOptions } from '@sallyport/verifier'
import type { TestGate } from './gate.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

async function listen(handler: Handler): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => void handler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** Stands before Sallyport's admin listener: counts what is asked, and answers in its place when told to. */
export async function startConfigRelay(adminUrl: string) {
  const asked: string[] = []
  let instead: Handler | undefined
  const { server, url } = await listen(async (request, response) => {
    asked.push(request.url!)
    if (instead) return instead(request, response)
    const answer = await fetch(adminUrl + request.url!)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  return {
    url,
    asked,
    answerWith: (handler: Handler | undefined) => (instead = handler),
    close: () => close(server),
  }
}

interface EmbeddedOptions extends CachedSourceOptions {
  readonly configUrl: string
  readonly now: () => number
}

/** An MCP server's shape with the verifier embedded: who may call is asked of Sallyport, nothing else is configured. */
export async function startEmbeddedServer(gate: Pick<TestGate, 'emulator'>, options: EmbeddedOptions) {
  const { configUrl, now } = options
  const connections = cachedSource(remoteSource({ url: configUrl, timeoutSeconds: 0.3 }), options)
  const clouds = { emulator: { authority: gate.emulator.url, v1Issuers: ['https://sts.windows.net/'] } }
  const verifier = createEntraVerifier({ connections, clouds, now })
  const authenticate = requireBearer({
    verifier,
    resourceMetadataUrl: 'https://mcp.example/.well-known/oauth-protected-resource',
  })
  const { server, url } = await listen(async (request, response) => {
    const caller = await authenticate(request, response)
    if (!caller) return
    const { teamspaceId, tenantId, subject } = caller
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ teamspaceId, tenantId, subject }))
  })
  return {
    url,
    call: (accessToken: string) => fetch(url, { method: 'POST', headers: { authorization: `Bearer ${accessToken}` } }),
    close: () => close(server),
  }
}
