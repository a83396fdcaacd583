import { readFile } from 'node:fs/promises'
import { constants, availableParallelism } from 'node:os'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CLUSTER_VARIABLE, startCluster, type Cluster } from '../test/support/postgres-cluster.ts'
import { watchRun } from './test/watch-run.ts'
import { findTestFiles, sortArguments } from './test/test-files.ts'

// node scripts/test.ts [--unit] [file, folder or pattern of test names]…

const { values, positionals } = parseArgs({ options: { unit: { type: 'boolean' } }, allowPositionals: true })
const { paths, namePatterns } = await sortArguments(positionals)
const files = await findTestFiles({ unitOnly: values.unit ?? false, paths })
// Hundreds of processes load the same modules: each is compiled once.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url))
process.exitCode = await runTests()

async function runTests(): Promise<number> {
  if (files.length === 0) return refuse('No test file found.')
  const stopping = new AbortController()
  let interrupted: NodeJS.Signals | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      interrupted = signal
      stopping.abort()
    })
  }
  const cluster = await startClusterIfAsked()
  try {
    const problems = await runFiles(stopping)
    if (interrupted) return 128 + constants.signals[interrupted]
    problems.forEach(refuse)
    return problems.length > 0 ? 1 : 0
  } finally {
    await cluster?.stop()
  }
}

async function runFiles(stopping: AbortController): Promise<string[]> {
  const testNamePatterns = namePatterns.map((pattern) => new RegExp(pattern))
  // One more than there are cores, as there is always a file that waits for a clock, a browser or a database.
  const concurrency = Math.max(2, Math.min(availableParallelism() + 1, 8))
  const stream = run({
    files,
    concurrency,
    signal: stopping.signal,
    ...(testNamePatterns.length > 0 && { testNamePatterns }),
  })
  const filtered = testNamePatterns.length > 0
  const watched = watchRun(stream, { files, filtered, stop: () => stopping.abort(), maxSilenceMs: 120_000 })
  // pipe() would end standard output with the report, before our own last words.
  for await (const text of stream.compose(new spec())) process.stdout.write(text)
  return watched.problems()
}

/** Postgres takes a second to start, so only for files that ask for it. One that asks indirectly starts its own. */
async function startClusterIfAsked(): Promise<Cluster | undefined> {
  const sources = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  if (!sources.some((source) => /\/(postgres|each-store)\.ts'/.test(source))) return undefined
  const cluster = await startCluster()
  process.env[CLUSTER_VARIABLE] = cluster.url
  return cluster
}

function refuse(problem: string): number {
  console.error(`✖ ${problem}`)
  return 1
}
