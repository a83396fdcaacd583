import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface ChildOptions {
  readonly core?: number | undefined
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** A Node child that answers questions, see worker-call.ts. */
  readonly ipc?: boolean
}

export interface Child {
  readonly process: ChildProcess
  readonly pid: number
  /** The last of what it wrote, to show when it fails. */
  output(): string
}

const running = new Set<ChildProcess>()

/** Starts a program on one core. `taskset` replaces itself by the program, so the pid is the program's. */
export function startChild(command: string, args: readonly string[], options: ChildOptions = {}): Child {
  const pinned = options.core === undefined ? [] : ['taskset', '-c', String(options.core)]
  const [program = command, ...rest] = [...pinned, command, ...args]
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
  })
  running.add(child)
  child.on('exit', () => running.delete(child))
  child.on('error', () => running.delete(child))
  let output = ''
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000))
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  if (child.pid === undefined) throw new Error(`${command} did not start`)
  return { process: child, pid: child.pid, output: () => output.trim() }
}

/** Asks first, so that profiles and databases are written; then insists. */
export async function endChild({ process: child }: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const insist = setTimeout(() => child.kill('SIGKILL'), 8000)
  await exited
  clearTimeout(insist)
}

/** For the way out on any failure: no waiting. Only children started here, each by its own pid. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Runs a program to its end; what it wrote, or an error with that. */
export async function runToEnd(command: string, args: readonly string[], options: ChildOptions = {}): Promise<string> {
  const child = startChild(command, args, options)
  const [code] = (await once(child.process, 'close', { signal: AbortSignal.timeout(60_000) })) as [number | null]
  if (code !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} ended with ${code}: ${child.output()}`)
  return child.output()
}

export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file))
}
