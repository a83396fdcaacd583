import { setFlagsFromString } from 'node:v8'
import { runCli } from './cli/run-cli.ts'
import { loadConfig } from './config/load-config.ts'

// Once some calls live long (while they wait for the database, say), V8 allocates their kind in the old generation for
// good. Finished calls are then held there by dead objects, and each young collection takes 15 ms instead of 3.
setFlagsFromString('--no-allocation-site-pretenuring')

// `sallyport … | head` closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  loadConfig,
  fetch,
  now: Date.now,
  out: (line) => console.log(line),
  err: (line) => console.error(line),
})
