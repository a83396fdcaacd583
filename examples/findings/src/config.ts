import { parseArgs } from 'node:util'
import { ENTRA_CLOUDS, type EntraClouds } from '@sallyport/verifier'
import type { FindingsOptions } from './start-findings.ts'

const FLAGS = {
  port: { type: 'string', default: '3001' },
  host: { type: 'string', default: '127.0.0.1' },
  'allowed-host': { type: 'string', multiple: true },
  'data-dir': { type: 'string', default: '.sallyport/findings' },
  'connections-url': { type: 'string', default: 'http://127.0.0.1:9090' },
  audience: { type: 'string', multiple: true },
  cloud: { type: 'string', multiple: true },
} as const

export const USAGE = `findings: an MCP server with made-up security findings, one database a teamspace
  --port N               default 3001; 0 picks a free one
  --host ADDRESS         default 127.0.0.1
  --allowed-host NAME    a Host and Origin to accept; default those of loopback (repeatable)
  --data-dir FOLDER      default .sallyport/findings
  --connections-url URL  Sallyport's admin address, default http://127.0.0.1:9090
  --audience ID          accept this audience only (repeatable)
  --cloud NAME=AUTHORITY another Entra, such as demo=http://127.0.0.1:8082 (repeatable)
Each flag is also a variable: FINDINGS_PORT, FINDINGS_DATA_DIR …; lists are separated by commas.`

/** The only reader of flags and of the environment. Throws one error that names every problem. */
export function readConfig(argv: readonly string[], env: NodeJS.ProcessEnv): FindingsOptions {
  const { values } = parseArgs({ args: [...fromEnvironment(env), ...argv], options: FLAGS, strict: true })
  const port = Number(values.port)
  const clouds = (values.cloud ?? []).map((text) => /^([\w-]+)=(https?:\/\/.+)$/.exec(text))
  const problems = [
    !(Number.isInteger(port) && port >= 0 && port < 65_536) && '--port is a number below 65536',
    !URL.canParse(values['connections-url']) && '--connections-url is a URL',
    clouds.includes(null) && '--cloud is NAME=AUTHORITY',
  ].filter((problem) => problem !== false)
  if (problems.length > 0) throw new TypeError(problems.join('\n'))

  const allowedHosts = values['allowed-host']
  return {
    port,
    host: values.host,
    dataDir: values['data-dir'],
    ...(allowedHosts && { allowedHosts }),
    auth: {
      connectionsUrl: values['connections-url'],
      clouds: { ...ENTRA_CLOUDS, ...toClouds(clouds) },
      ...(values.audience && { allowedAudiences: values.audience }),
    },
  }
}

/** Flags are read after the environment, so they win; those that may repeat add up. */
function fromEnvironment(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(FLAGS).flatMap(([name, flag]) => {
    const text = env[`FINDINGS_${name.toUpperCase().replaceAll('-', '_')}`]
    if (!text) return []
    return ('multiple' in flag ? text.split(',') : [text]).map((value) => `--${name}=${value}`)
  })
}

const toClouds = (parsed: readonly (RegExpExecArray | null)[]): EntraClouds =>
  Object.fromEntries(parsed.map((match) => [match?.[1] ?? '', { authority: match?.[2] ?? '' }]))
