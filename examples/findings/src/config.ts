import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ENTRA_CLOUDS, type EntraClouds, type OidcConnection, stdioTeamspace } from '@sallyport/verifier'
import { z } from 'zod'
import type { FindingsOptions } from './start-findings.ts'
import { TOKEN_USAGE } from './tokens/token-command.ts'

const FLAGS = {
  stdio: { type: 'boolean', default: false },
  port: { type: 'string', default: '3001' },
  host: { type: 'string', default: '127.0.0.1' },
  'allowed-host': { type: 'string', multiple: true },
  'data-dir': { type: 'string', default: '.sallyport/findings' },
  'connections-url': { type: 'string' },
  audience: { type: 'string', multiple: true },
  cloud: { type: 'string', multiple: true },
  'oidc-file': { type: 'string' },
} as const
const OF_STDIO: readonly string[] = ['stdio', 'data-dir']

export const USAGE = `findings: an MCP server with a made-up compliance scanner, one database a teamspace
  --port N               default 3001; 0 picks a free one
  --host ADDRESS         default 127.0.0.1
  --allowed-host NAME    a Host and Origin to accept; default those of loopback (repeatable)
  --data-dir FOLDER      default .sallyport/findings
  --connections-url URL  let in by Entra: Sallyport's admin address, such as http://127.0.0.1:9090
  --audience ID          with it, accept this audience only (repeatable)
  --cloud NAME=AUTHORITY with it, another Entra, such as demo=http://127.0.0.1:8082 (repeatable)
  --oidc-file FILE       let in by OpenID Connect: JSON, [{ teamspaceId, issuer, audience, requiredScope }]
  --stdio                speak over stdin and stdout, as teamspace STDIO_TENANT_ID
Each flag is also a variable: FINDINGS_PORT, FINDINGS_DATA_DIR …; lists are separated by commas.
Tokens that begin with mcpt_ are always let in:
${TOKEN_USAGE}`

export type Config =
  | { readonly transport: 'http'; readonly dataDir: string; readonly options: FindingsOptions }
  | { readonly transport: 'stdio'; readonly dataDir: string; readonly teamspaceId: string }

type Values = ReturnType<typeof parse>

/**
 * The only reader of flags and of the environment. Throws one error that names every problem; `warn` is told what a
 * person should know, and writes to stderr.
 */
export function readConfig(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  warn: (line: string) => void = console.error,
): Config {
  const args = [...fromEnvironment(env), ...argv]
  const values = parse(args)
  const dataDir = values['data-dir']
  if (!values.stdio) return { transport: 'http', dataDir, options: toOptions(values) }

  const ignored = Object.keys(FLAGS).filter((name) => !OF_STDIO.includes(name) && isGiven(name, args))
  if (ignored.length > 0) warn(`info: stdio has no use for --${ignored.join(', --')}`)
  return { transport: 'stdio', dataDir, teamspaceId: stdioTeamspace(env, warn) }
}

export const dataDirOf = (env: NodeJS.ProcessEnv): string => parse(fromEnvironment(env))['data-dir']

const parse = (args: string[]) => parseArgs({ args, options: FLAGS, strict: true }).values

const isGiven = (name: string, args: readonly string[]) =>
  args.some((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`))

function toOptions(values: Values): FindingsOptions {
  const port = Number(values.port)
  const url = values['connections-url']
  const clouds = (values.cloud ?? []).map((text) => /^([\w-]+)=(https?:\/\/.+)$/.exec(text))
  const oidc = values['oidc-file'] === undefined ? undefined : readConnections(values['oidc-file'])
  const problems = [
    !(Number.isInteger(port) && port >= 0 && port < 65_536) && '--port is a number below 65536',
    url !== undefined && !URL.canParse(url) && '--connections-url is a URL',
    url === undefined && (values.cloud ?? values.audience) && '--cloud and --audience go with --connections-url',
    clouds.includes(null) && '--cloud is NAME=AUTHORITY',
    typeof oidc === 'string' && oidc,
  ].filter((problem) => typeof problem === 'string')
  if (problems.length > 0) throw new TypeError(problems.join('\n'))

  const { 'allowed-host': allowedHosts, audience: allowedAudiences } = values
  const entra = { clouds: { ...ENTRA_CLOUDS, ...toClouds(clouds) }, ...(allowedAudiences && { allowedAudiences }) }
  return {
    port,
    host: values.host,
    dataDir: values['data-dir'],
    ...(allowedHosts && { allowedHosts }),
    auth: {
      ...(url !== undefined && { connectionsUrl: url, ...entra }),
      ...(typeof oidc === 'object' && { oidc }),
    },
  }
}

const CONNECTIONS = z
  .array(
    z.strictObject({
      teamspaceId: z.string(),
      issuer: z.string(),
      audience: z.string(),
      requiredScope: z.string().nullable(),
      allowedClients: z.array(z.string()).exactOptional(),
      keysUrl: z.string().exactOptional(),
    }),
  )
  .min(1)
  .max(1000)

/** The connections, or what is wrong with the file. */
function readConnections(file: string): readonly OidcConnection[] | string {
  try {
    const read = CONNECTIONS.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return read.success ? read.data : `--oidc-file: ${z.prettifyError(read.error)}`
  } catch (error) {
    return `--oidc-file: ${error instanceof Error ? error.message : 'cannot be read'}`
  }
}

/** Flags are read after the environment, so they win; those that may repeat add up. */
function fromEnvironment(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(FLAGS).flatMap(([name, flag]) => {
    const text = env[`FINDINGS_${name.toUpperCase().replaceAll('-', '_')}`]
    if (!text) return []
    if (flag.type === 'boolean') return text === 'true' ? [`--${name}`] : []
    return ('multiple' in flag ? text.split(',') : [text]).map((value) => `--${name}=${value}`)
  })
}

const toClouds = (parsed: readonly (RegExpExecArray | null)[]): EntraClouds =>
  Object.fromEntries(parsed.map((match) => [match?.[1] ?? '', { authority: match?.[2] ?? '' }]))
