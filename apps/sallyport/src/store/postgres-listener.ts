import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Log } from './engine.ts'

export const CHANNEL = 'sallyport_change'
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000
const HEARTBEAT_MS = 5000
const GOODBYE_MS = 1000

export interface Listening {
  close(): Promise<void>
}

export interface ListenerOptions {
  /** A new client, not yet connected, with a `query_timeout`. */
  readonly connect: () => Client
  readonly hear: (payload: string | undefined) => void
  /** Called after an interruption, once listening again: notifications sent meanwhile are gone for good. */
  readonly missed: () => void
  readonly log: Log
}

/** A connection of its own, because a pool would hand the listening one to others. Resolves when it listens. */
export async function listenForChanges(options: ListenerOptions): Promise<Listening> {
  const stop = new AbortController()
  const first = await listen(options)
  const running = keepListening(first, options, stop.signal)
  return {
    async close() {
      stop.abort()
      await running
    },
  }
}

async function keepListening(first: Client, options: ListenerOptions, signal: AbortSignal): Promise<void> {
  let client: Client | undefined = first
  while (client) {
    await untilLost(client, signal)
    await end(client)
    if (signal.aborted) return
    options.log('The connection that hears of changes was lost.')
    client = await reconnect(options, signal)
  }
}

async function reconnect(options: ListenerOptions, signal: AbortSignal): Promise<Client | undefined> {
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const client = await listen(options)
      options.missed()
      return client
    } catch (error) {
      options.log('Could not listen for changes yet.', { error: String(error) })
      await sleep(pause * (0.5 + Math.random()), undefined, { signal }).catch(() => {})
    }
  }
  return undefined
}

async function listen({ connect, hear }: ListenerOptions): Promise<Client> {
  const client = connect()
  client.on('error', () => {}) // always followed by 'end', which is what we act on
  client.on('notification', ({ channel, payload }) => channel === CHANNEL && hear(payload))
  try {
    await client.connect()
    await client.query(`listen ${CHANNEL}`)
    return client
  } catch (error) {
    await end(client)
    throw error
  }
}

/** Resolves when the connection has ended, does not answer any more, or is no longer wanted. */
function untilLost(client: Client, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const lost = () => resolve()
  // A peer that vanished without a word leaves a connection that looks open for hours.
  const heartbeat = setInterval(() => client.query('select 1').catch(lost), HEARTBEAT_MS)
  client.once('end', lost)
  if (signal.aborted) lost()
  signal.addEventListener('abort', lost, { once: true })
  return promise.finally(() => {
    clearInterval(heartbeat)
    signal.removeEventListener('abort', lost)
  })
}

/** A peer that is gone does not say goodbye, so it is waited for only briefly. */
async function end(client: Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), sleep(GOODBYE_MS, undefined, { ref: false })])
}
