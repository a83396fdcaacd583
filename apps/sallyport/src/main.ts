import { setFlagsFromString } from 'node:v8'
import { runCli } from './cli/run-cli.ts'
import { loadConfig } from './config/load-config.ts'
import { readBounded } from './http/read-bounded.ts'

// Once some calls live long (while they wait for the database, say), V8 allocates their kind in the old generation for
// good. Finished calls are then held there by dead objects, and each young collection takes 15 ms instead of 3.
setFlagsFromString('--no-allocation-site-pretenuring')

// `sallyport … | head` closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

/** No credential is longer. */
const MAX_INPUT_BYTES = 64 * 1024

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  loadConfig,
  fetch,
  now: Date.now,
  readInput: async () => {
    const bytes = await readBounded(process.stdin, MAX_INPUT_BYTES)
    if (!bytes) throw new Error('Standard input is too long')
    return bytes.toString()
  },
  columns: process.stdout.columns,
  out: (line) => console.log(line),
  err: (line) => console.error(line),
})
