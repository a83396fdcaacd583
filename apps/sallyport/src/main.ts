import { runCli } from './cli/run-cli.ts'
import { loadConfig } from './config/config.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  loadConfig,
  fetch,
  now: Date.now,
  out: (line) => console.log(line),
  err: (line) => console.error(line),
})
