import { run } from 'node:test'
import { watchRun } from '../../scripts/test/watch-run.ts'

// Runs the files PATTERN? FILE… as `scripts/test.ts` does and prints the problems as JSON. A program, because a test
// cannot run the runner within itself.

const [pattern, ...files] = process.argv.slice(2)
const stopping = new AbortController()
const patterns = pattern ? { testNamePatterns: [new RegExp(pattern)] } : {}
const stream = run({ files, signal: stopping.signal, ...patterns })
const watched = watchRun(stream, {
  files,
  filtered: Boolean(pattern),
  stop: () => stopping.abort(),
  maxSilenceMs: 1500,
})
for await (const _event of stream);
console.log(JSON.stringify(watched.problems()))
