import { runCli } from './cli/run-cli.ts'
import { loadConfig } from './config/config.ts'

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
