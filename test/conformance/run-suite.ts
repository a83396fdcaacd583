import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type Requirements = '2025-11-25' | '2026-07-28'
export type Status = 'SUCCESS' | 'SKIPPED' | 'WARNING' | 'FAILURE'

export interface Check {
  readonly status: Status
  readonly errorMessage?: string | undefined
}

/** Scenario → check id → the most severe outcome of that check, which is how the suite itself sums repeated ids up. */
export type SuiteResults = ReadonlyMap<string, ReadonlyMap<string, Check>>

export const SEVERITY: Readonly<Record<Status, number>> = { SUCCESS: 0, SKIPPED: 1, WARNING: 2, FAILURE: 3 }

const packageFile = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')
const PROGRAM = join(dirname(packageFile), 'dist', 'index.js')

/** Runs the official suite against one URL, in a temporary folder that is gone afterwards. */
export async function runSuite(url: string, requirements: Requirements, timeoutSeconds = 120): Promise<SuiteResults> {
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const report = await runProgram(['server', '--url', url, '--requirements', requirements, '-o', folder], {
      cwd: folder,
      timeout: timeoutSeconds * 1000,
    })
    const results = await readResults(folder)
    if (results.size === 0) throw new Error(`The conformance suite ran nothing:\n${report.slice(-2000)}`)
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Exit code 1 says that checks failed, which is a result; only a timeout or a crash is an error. */
function runProgram(parameters: string[], options: { cwd: string; timeout: number }): Promise<string> {
  const limits = { ...options, maxBuffer: 64 * 1024 * 1024, killSignal: 'SIGKILL' as const }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [PROGRAM, ...parameters], limits, (error, stdout, stderr) => {
      if (error && (error.killed || error.code !== 1)) reject(new Error(`${error.message}\n${stderr.slice(-2000)}`))
      else resolve(stdout + stderr)
    })
  })
}

async function readResults(folder: string): Promise<SuiteResults> {
  const results = new Map<string, Map<string, Check>>()
  for (const name of await readdir(folder)) {
    // `server-{scenario}-{time}`
    const scenario = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name)?.[1]
    if (scenario === undefined) continue
    const checks = JSON.parse(await readFile(join(folder, name, 'checks.json'), 'utf8')) as RawCheck[]
    results.set(scenario, mostSevere(checks))
  }
  return results
}

interface RawCheck {
  readonly id: string
  readonly status: Status | 'INFO'
  readonly errorMessage?: string
}

function mostSevere(checks: readonly RawCheck[]): Map<string, Check> {
  const worst = new Map<string, Check>()
  for (const { id, status, errorMessage } of checks) {
    // An INFO row tells what was seen on the way, often once for each event, and judges nothing.
    if (status === 'INFO') continue
    const before = worst.get(id)
    if (before === undefined || SEVERITY[status] > SEVERITY[before.status]) worst.set(id, { status, errorMessage })
  }
  return worst
}
