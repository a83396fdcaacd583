import { createServer, type Server } from 'node:net'

/** Below the ports that systems hand out by themselves, so that no connection of anybody's takes one meanwhile. */
const LOWEST = 20_000
const SLICES = 60
const SLICE = 200

/**
 * Each process that asks has a slice of ports to itself, whatever else runs on the machine: between the moment when a
 * port is found free and the moment when a program opens it, no other test may find it too. The slice's first port is
 * held for as long as the process lives, and says to others that it is taken.
 */
let slice: Promise<number> | undefined

/** Within a process, too, no port comes twice before all others had their turn. */
let next = 1

/** A port that nobody listens on, for programs that must be told theirs; or the first of several in a row. */
export async function freePort(inARow = 1): Promise<number> {
  const first = await (slice ??= takeSlice())
  for (;;) {
    if (next + inARow > SLICE) next = 1
    const port = first + next
    next += inARow
    const row = Array.from({ length: inARow }, (_, offset) => isFree(port + offset))
    if ((await Promise.all(row)).every(Boolean)) return port
  }
}

/** From a place that differs, so that what an ended process left open in its slice is not met by the next. */
async function takeSlice(): Promise<number> {
  for (let tries = 0; tries < SLICES; tries++) {
    const first = LOWEST + ((process.pid + tries) % SLICES) * SLICE
    const lock = await listen(first)
    if (!lock) continue
    lock.unref()
    return first
  }
  throw new Error('every slice of ports for tests is taken')
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port)
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
  return server !== undefined
}

function listen(port: number): Promise<Server | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
