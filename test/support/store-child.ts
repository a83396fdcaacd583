import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./store-child-process.ts', import.meta.url))

export interface StoreChild {
  readonly pid: number
  /** Every line it printed so far. */
  readonly lines: readonly string[]
  /** Undefined when it ended without one. */
  firstLine(): Promise<string | undefined>
  kill(): Promise<void>
}

/** Another process that opens the store at `url` and then holds it (`hold`), or writes to it without end (`write`). */
export function startStoreChild(task: 'hold' | 'write', url: string, ...args: string[]): StoreChild {
  const child = spawn(process.execPath, [PROGRAM, task, url, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'close')
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const printed = once(reader, 'line').then(([line]) => line as string)
  const first = Promise.race([printed, exited.then(() => undefined)])
  return {
    pid: child.pid!,
    lines,
    firstLine: () => first,
    kill: () => kill(child, exited),
  }
}

async function kill(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill('SIGKILL')
  await exited
}
