import { createServer } from 'node:net'

/** Below the ports that systems hand out by themselves, so that no connection of anybody's takes one meanwhile. */
const [LOWEST, COUNT] = [20_000, 12_000]

/** A port that nobody listens on, for programs that must be told theirs; or the first of several in a row. */
export async function freePort(inARow = 1): Promise<number> {
  for (;;) {
    const first = LOWEST + Math.floor(Math.random() * COUNT)
    const row = Array.from({ length: inARow }, (_, offset) => isFree(first + offset))
    if ((await Promise.all(row)).every(Boolean)) return first
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
