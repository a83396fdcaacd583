import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
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

/** A Node program of its own. It gets no environment but the one given, and does not outlive the test. */
export function startProgram(t: TestContext, args: readonly string[], { cwd, env = {} }: ProgramOptions = {}) {
  const child = spawn(process.execPath, [...args], { env: { ...env }, ...(cwd && { cwd }) })
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

/** Processes that were started with this home, where the system tells. */
export async function processesOf(home: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')))
  return pids.filter((_, index) => environments[index]!.split('\0').includes(`HOME=${home}`))
}
