import { Client } from 'undici'
import type { Dispatcher } from 'undici'

/** Idle connections kept beyond this are closed; open streams need one each and are bounded by `max`. */
const MAX_IDLE = 256

export interface UpstreamPool {
  /** Exchanges that are not over, streams included. */
  readonly open: number
  /** Sends on a connection of its own. False when all are taken. */
  dispatch(options: Dispatcher.DispatchOptions, handler: UpstreamHandler): boolean
  /** Closes each connection as soon as its exchange is over. */
  drain(): Promise<void>
  /** Cuts all connections. */
  close(): Promise<void>
}

/** An undici handler that says when its exchange is over, so that the connection can be used again. */
export interface UpstreamHandler extends Dispatcher.DispatchHandler {
  release?: () => void
}

export interface PoolOptions {
  readonly max: number
  readonly headersTimeoutMs: number
  readonly bodyTimeoutMs: number
}

/**
 * One-connection clients in a stack, last in first out: choosing one costs the same with five thousand open event
 * streams as with none, and connections that were just used are warm.
 */
export function createUpstreamPool(origin: string, options: PoolOptions): UpstreamPool {
  const idle: Client[] = []
  const all = new Set<Client>()
  let draining = false
  let open = 0

  const take = (): Client | undefined => {
    const client = idle.pop()
    if (client || all.size >= options.max) return client
    const fresh = new Client(origin, {
      pipelining: 1,
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.bodyTimeoutMs,
      keepAliveTimeout: 10_000,
      connect: { timeout: 10_000 },
    })
    all.add(fresh)
    return fresh
  }

  return {
    get open() {
      return open
    },
    dispatch(request, handler) {
      const client = take()
      if (!client) return false
      handler.release = () => {
        open -= 1
        if (idle.length < MAX_IDLE && !draining) return void idle.push(client)
        all.delete(client)
        client.close().catch(() => undefined) // rejects when all are being cut
      }
      client.dispatch(request, handler)
      open += 1
      return true
    },
    async drain() {
      draining = true
      idle.length = 0
      await Promise.all([...all].map((client) => client.close()))
    },
    async close() {
      await Promise.all([...all].map((client) => client.destroy()))
    },
  }
}
