import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export type Program = ReturnType<typeof startProgram>

export interface ProgramOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export const SALLYPORT = fileURLToPath(new URL('../../../apps/sallyport/src/main.ts', import.meta.url))

/** Says where modules are kept that have been compiled before. */
const { NODE_COMPILE_CACHE } = process.env
const COMPILED: Readonly<Record<string, string>> = NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}

/** A Node program of its own. It gets no environment but the one given, and does not outlive the test. */
export function startProgram(t: TestContext, args: readonly string[], { cwd, env = {} }: ProgramOptions = {}) {
  const child = spawn(process.execPath, [...args], { env: { ...COMPILED, ...env }, ...(cwd && { cwd }) })
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  let [stdout, stderr, isOver] = ['', '', false]
  let news = Promise.withResolvers<void>()
  const tell = () => {
    news.resolve()
    news = Promise.withResolvers()
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    tell()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    tell()
  })
  child.on('close', () => {
    isOver = true
    tell()
  })
  t.after(async () => {
    child.kill('SIGKILL')
    await closed
  })

  return {
    pid: child.pid!,
    stdin: child.stdin,
    /** The first match in what it has written so far, as soon as there is one. Rejects when it ends without. */
    async sees(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const match = pattern.exec(stdout) ?? pattern.exec(stderr)
        if (match) return match
        if (isOver) throw new Error(`ended without ${pattern}:\n${stdout}${stderr}`)
        await news.promise
      }
    },
    async end(signal?: NodeJS.Signals): Promise<Ended> {
      if (signal) child.kill(signal)
      const [code, by] = await closed
      return { code, signal: by, stdout, stderr }
    },
  }
}

export const runProgram = (t: TestContext, args: readonly string[], options?: ProgramOptions): Promise<Ended> =>
  startProgram(t, args, options).end()

/** A folder that is gone after the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-e2e-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A home for programs that keep files in their user's, with no browser, keychain or desktop to be found. */
export async function temporaryHome(t: TestContext) {
  const home = await temporaryFolder(t)
  const nothing = join(home, 'bin')
  await mkdir(nothing)
  return { home, env: { HOME: home, USERPROFILE: home, TMPDIR: home, PATH: nothing, BROWSER: 'true' } }
}

const GONE_WITHIN_MS = 5_000

/** Rejects when a process that was started with this home does not end; a browser's opener takes a moment to. */
export async function untilNobodyLivesIn(home: string): Promise<void> {
  for (const startedAt = performance.now(); ; await sleep(20)) {
    const pids = await processesOf(home)
    if (pids.length === 0) return
    if (performance.now() - startedAt > GONE_WITHIN_MS) throw new Error(`still running: ${pids.join(', ')}`)
  }
}

/** Told by the system where it has /proc; elsewhere nobody is seen. */
async function processesOf(home: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')))
  return pids.filter((_, index) => environments[index]!.split('\0').includes(`HOME=${home}`))
}
