import { dataDirOf, readConfig, USAGE } from './config.ts'
import { serveFindingsOverStdio } from './serve-stdio.ts'
import { startFindings } from './start-findings.ts'
import { createMcpTokenStore } from './tokens/mcp-token-store.ts'
import { runTokenCommand } from './tokens/token-command.ts'

const argv = process.argv.slice(2)
const log = (line: string) => console.error(line)

if (argv.includes('--help')) console.log(USAGE)
else if (argv[0] === 'token')
  orExit(() => runTokenCommand(argv.slice(1), dataDirOf(process.env), { out: console.log, note: log }))
else {
  const close = await serve()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
}

async function serve(): Promise<() => Promise<void>> {
  const config = orExit(() => readConfig(argv, process.env))
  if (config.transport === 'stdio') {
    const handle = serveFindingsOverStdio({ ...config, now: Date.now, log })
    return () => handle.close()
  }

  const tokens = createMcpTokenStore(config.dataDir)
  const { options } = config
  const findings = await startFindings({ ...options, auth: { ...options.auth, tokens }, log })
  console.log(`findings listens on ${findings.url}`)
  return async () => {
    await findings.close()
    tokens.close()
  }
}

/** What an operator got wrong is said in a line or two, without a stack. */
function orExit<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    process.exit(2)
  }
}
