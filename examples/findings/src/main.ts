import { readConfig, USAGE } from './config.ts'
import { startFindings } from './start-findings.ts'

if (process.argv.includes('--help')) {
  console.log(USAGE)
} else {
  const findings = await startFindings({ ...configOrExit(), log: (line) => console.error(line) })
  console.log(`findings listens on ${findings.url}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void findings.close())
}

function configOrExit() {
  try {
    return readConfig(process.argv.slice(2), process.env)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    process.exit(2)
  }
}
