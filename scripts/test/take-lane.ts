import { createServer } from 'node:net'

export const LANES = 4

/** Held while a lane is taken, so that the next run sees it. */
const FIRST_LOCK_PORT = 19_900

/**
 * A lane of ports for this run of the tests alone (`test/support/free-port.ts`): two runs on one machine would otherwise
 * find the same port free. It is given back when the process ends. Beyond the fourth run at once, lanes are shared.
 */
export async function takeLane(): Promise<number> {
  for (let lane = 0; lane < LANES; lane++) if (await hold(FIRST_LOCK_PORT + lane)) return lane
  return 0
}

function hold(port: number): Promise<boolean> {
  const lock = createServer()
  return new Promise((resolve) => {
    lock.once('error', () => resolve(false))
    lock.listen(port, '127.0.0.1', () => {
      lock.unref()
      resolve(true)
    })
  })
}
