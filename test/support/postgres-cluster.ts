import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./postgres-cluster-process.ts', import.meta.url))

/** Where the cluster of the whole test run is; set by `scripts/test.ts`. */
export const CLUSTER_VARIABLE = 'SALLYPORT_TEST_POSTGRES'

export interface Cluster {
  /** Of the `postgres` database, as superuser. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * A real Postgres in a temporary folder. A process of its own looks after it and stops it as soon as our end of the
 * pipe closes, so that it does not outlive us however we end.
 */
export async function startCluster(): Promise<Cluster> {
  // Detached: Ctrl-C in a terminal goes to the whole group, and the keeper must outlive us by a moment to clean up.
  const keeper = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const url = await firstLine(keeper)
  keeper.unref() // a test file that forgets to stop it can still end, and with it the pipe
  ;(keeper.stdin as unknown as { unref(): void }).unref()
  return {
    url,
    async stop() {
      if (keeper.exitCode !== null || keeper.signalCode !== null) return
      keeper.ref()
      keeper.stdin.end()
      await once(keeper, 'exit')
    },
  }
}

async function firstLine(keeper: ChildProcess): Promise<string> {
  const lines = createInterface({ input: keeper.stdout! })
  const exited = once(keeper, 'exit').then(([code]) => Promise.reject(new Error(`Postgres did not start (${code}).`)))
  const [line] = await Promise.race([once(lines, 'line'), exited])
  exited.catch(() => {})
  lines.close()
  ;(keeper.stdout as unknown as { unref(): void }).unref()
  return line
}
