import { createServer } from 'node:http'
import type { RequestListener, Server, ServerOptions } from 'node:http'
import type { ListenAddress } from '../config/config.ts'

/** Entra tokens with 200 groups alone are about 10 KiB; Node answers 431 beyond. */
const MAX_HEADER_BYTES = 64 * 1024
const REQUEST_TIMEOUT_MS = 60_000
const CLOSE_GRACE_MS = 1_000

/** Addresses in use are the commonest reason not to start: say which. */
export function listen(listener: RequestListener, address: ListenAddress): Promise<Server> {
  const options: ServerOptions = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    joinDuplicateHeaders: true, // Node keeps the first Host of two otherwise; joined, they are none of ours
  }
  const server = createServer(options, listener)
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${hostOf(address)}:${address.port}`
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`${where} is in use by another program; stop that, or change listen`, { cause: error })
          : error,
      )
    })
    server.listen(address.port, address.host, () => resolve(server))
  })
}

/** Takes no new calls, lets the short ones end, and then cuts what is left: event streams would stay for hours. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}

/** As it stands in a URL. */
export const hostOf = ({ host }: ListenAddress) => (host.includes(':') ? `[${host}]` : host)
