import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

/**
 * The least a Node proxy must do and nothing more: stream both ways with back-pressure, pass aborts on, drop hop-by-hop
 * headers. No checks. It says what the gate could cost at best.
 */
const [origin = ''] = process.argv.slice(2)

/** The same undici as the gate's, whatever else is installed beside it. */
const require = createRequire(new URL('../apps/sallyport/package.json', import.meta.url))
const { Client } = require('undici') as typeof import('undici')
type Upstream = InstanceType<typeof Client>
type Handler = Parameters<Upstream['dispatch']>[1]
type Controller = Parameters<NonNullable<Handler['onRequestStart']>>[0]

const SMALL = 64 * 1024
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
])

/** Last in, first out: thousands of clients may be held by event streams, and none of them is looked at. */
const free: Upstream[] = []
const openClient = () => new Client(origin, { pipelining: 1, bodyTimeout: 0, headersTimeout: 0 })

const server = createServer((request, response) => {
  const length = Number(request.headers['content-length'] ?? NaN)
  if (length > 0 && length <= SMALL) collect(request, (body) => forward(request, response, body))
  else if (length > SMALL || request.headers['transfer-encoding']) forward(request, response, request)
  else forward(request, response, null)
})

function collect(request: IncomingMessage, done: (body: Buffer) => void): void {
  let first: Buffer | undefined
  let chunks: Buffer[] | undefined
  request.on('data', (chunk: Buffer) => {
    if (!first) first = chunk
    else (chunks ??= [first]).push(chunk)
  })
  request.on('end', () => done(chunks ? Buffer.concat(chunks) : (first ?? Buffer.alloc(0))))
}

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer | IncomingMessage | null): void {
  if (response.destroyed) return
  const upstream = free.pop() ?? openClient()
  const handler = relay(response, () => free.push(upstream))
  const headers = endToEnd(request.headers)
  upstream.dispatch({ path: request.url ?? '/', method: request.method as 'POST', headers, body }, handler)
}

function relay(response: ServerResponse, release: () => void): Handler {
  let upstreamCall: Controller | undefined
  let held: Buffer[] | undefined
  const gone = new Error('the client went away')
  response.on('close', () => {
    if (!response.writableFinished) upstreamCall?.abort(gone)
  })
  return {
    onRequestStart(controller) {
      upstreamCall = controller
      if (response.destroyed) controller.abort(gone)
    },
    onResponseStart(controller, status, headers) {
      response.writeHead(status, endToEnd(headers))
      if (Number(headers['content-length']) <= SMALL) held = []
      else {
        // A silent event stream's head would otherwise wait for the first event.
        response.flushHeaders()
        response.on('drain', () => controller.resume())
      }
    },
    onResponseData(controller, chunk) {
      if (held) held.push(chunk)
      else if (!response.write(chunk)) controller.pause()
    },
    onResponseEnd() {
      release()
      if (held) response.end(held.length === 1 ? held[0] : Buffer.concat(held))
      else response.end()
    },
    onResponseError() {
      release()
      if (response.headersSent || response.destroyed) response.destroy()
      else response.writeHead(502).end()
    },
  }
}

function endToEnd(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  const named = headers.connection
  const listed = named && named !== 'keep-alive' && named !== 'close' ? named.toLowerCase().split(/\s*,\s*/) : undefined
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && name !== 'host' && !HOP_BY_HOP.has(name) && !listed?.includes(name)) kept[name] = value
  }
  return kept
}

server.requestTimeout = 0
server.listen(0, '127.0.0.1', 8192, () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`)
})
process.on('SIGTERM', () => process.exit())
process.on('disconnect', () => process.exit())
