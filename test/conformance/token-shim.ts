import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

export interface TokenShimOptions {
  /** Where requests go; the shim's own address has the same path. */
  readonly target: string
  readonly accessToken: () => string | Promise<string>
}

/**
 * The conformance suite has no option for headers, so this stands in front of a protected server and adds
 * `Authorization`. It touches nothing else: bodies stream both ways, and an abort on one side aborts the other.
 */
export async function startTokenShim({ target, accessToken }: TokenShimOptions) {
  const { host, hostname, port, pathname } = new URL(target)

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse) {
    const authorization = `Bearer ${await accessToken()}`
    const headers = withOwnAddressReplaced([...incoming.rawHeaders, 'Authorization', authorization], own(), host)
    const upstream = httpRequest({ hostname, port, method: incoming.method, path: incoming.url, headers, agent: false })
    // An upgrade or a reset leaves nothing to say: the client sees its connection end as it would without the shim.
    upstream.on('error', () => outgoing.destroy())
    outgoing.on('close', () => upstream.destroy())
    upstream.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
      // Without this, the headers of an SSE stream would wait for its first event.
      outgoing.flushHeaders()
      pipeline(response, outgoing, ignoreAborts)
    })
    pipeline(incoming, upstream, ignoreAborts)
  }

  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch(() => outgoing.destroy())
  })
  const own = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://${own()}${pathname}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** `Host` and `Origin` that name the shim name its target instead; a foreign one stays, for the target to refuse. */
function withOwnAddressReplaced(rawHeaders: readonly string[], own: string, target: string): string[] {
  const addresses = new Map([own, own.replace('127.0.0.1', 'localhost')].flatMap((address) => pairs(address, target)))
  return rawHeaders.map((text, index) => {
    const name = rawHeaders[index - 1]?.toLowerCase()
    return index % 2 === 1 && (name === 'host' || name === 'origin') ? (addresses.get(text) ?? text) : text
  })
}

const pairs = (from: string, to: string): [string, string][] => [
  [from, to],
  [`http://${from}`, `http://${to}`],
]

const ignoreAborts = () => {}
