import { createServer } from 'node:http'
import type { RequestListener, Server, ServerOptions, ServerResponse } from 'node:http'
import type { ListenAddress } from '../config/config.ts'

/** Entra tokens with 200 groups alone are about 10 KiB; Node answers 431 beyond. */
const MAX_HEADER_BYTES = 64 * 1024
const REQUEST_TIMEOUT_MS = 60_000
/** How often connections that have become idle are looked for while closing. */
const IDLE_CHECK_MS = 50

export interface Listener {
  /** Takes no new connections and lets the calls end that are under way, for so long; then cuts what is left. */
  close(callMs: number): Promise<void>
}

export interface ListenOptions {
  /** What is asked for by GET is an event stream: it has no end of its own, and is cut at once when the listener closes. */
  readonly hasEndlessGets?: boolean
}

/** Addresses in use are the commonest reason not to start: say which. */
export function listen(
  listener: RequestListener,
  address: ListenAddress,
  { hasEndlessGets = false }: ListenOptions = {},
): Promise<Listener> {
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    joinDuplicateHeaders: true, // Node keeps the first Host of two otherwise; joined, they are none of ours
  }
  const gets = new Set<ServerResponse>()
  const server = createServer(options, (request, response) => {
    if (hasEndlessGets && request.method === 'GET') {
      gets.add(response)
      response.once('close', () => gets.delete(response))
    }
    listener(request, response)
  })
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${hostOf(address)}:${address.port}`
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`${where} is in use by another program; stop that, or change listen`, { cause: error })
          : error,
      )
    })
    server.listen(address.port, address.host, () => resolve({ close: (callMs) => closeServer(server, gets, callMs) }))
  })
}

function closeServer(server: Server, gets: ReadonlySet<ServerResponse>, callMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), callMs)
    // Those whose last answer comes from now on would be kept alive otherwise.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(idle)
      resolve()
    })
    for (const response of gets) response.destroy()
  })
}

/** As it stands in a URL. */
export const hostOf = ({ host }: ListenAddress) => (host.includes(':') ? `[${host}]` : host)
