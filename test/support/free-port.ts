import { createServer } from 'node:net'
import { LANES } from '../../scripts/test/take-lane.ts'

/** Below the ports that systems hand out by themselves, so that no connection of anybody's takes one meanwhile. */
const [LOWEST, COUNT] = [20_000, 12_000]

/** Says which lane of ports this run of the tests has for itself. */
export const LANE_VARIABLE = 'SALLYPORT_TEST_LANE'
const LANE = COUNT / LANES

/**
 * Files that run at once have ports of their own, by the number that the runner gives them: between the moment when a
 * port is found free and the moment when a program opens it, no other test may find it too.
 */
const SLICES = 20
const SLICE = LANE / SLICES
const first =
  LOWEST +
  (Number(process.env[LANE_VARIABLE] ?? 0) % LANES) * LANE +
  (Number(process.env.NODE_TEST_WORKER_ID ?? 0) % SLICES) * SLICE

/** Within a file, too, no port comes twice before all others had their turn. */
let next = Math.floor(Math.random() * SLICE)

/** A port that nobody listens on, for programs that must be told theirs; or the first of several in a row. */
export async function freePort(inARow = 1): Promise<number> {
  for (;;) {
    if (next + inARow > SLICE) next = 0
    const port = first + next
    next += inARow
    const row = Array.from({ length: inARow }, (_, offset) => isFree(port + offset))
    if ((await Promise.all(row)).every(Boolean)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
