import path from 'node:path'
import type { Environment } from './environment.ts'
import { readText } from './read-text.ts'
import type { ConfigFile } from './schema.ts'

/** How the gateway in front is told from others, and what it says of callers. */
export interface GatewayConfig {
  readonly sentinel: Sentinel | undefined
  readonly callerHeaders: ConfigFile['gateway']['callerHeaders']
}

export interface Sentinel {
  /** Header name, lower case. */
  readonly header: string
  /** One secret, or two while it is being changed. */
  readonly secrets: readonly string[]
}

interface Context {
  readonly env: Environment
  readonly folder: string
  readonly problems: string[]
}

/** The environment's secrets, or else those of the files; only their places are ever named in problems. */
export async function resolveGateway({ gateway }: ConfigFile, context: Context): Promise<GatewayConfig> {
  const { sentinel, callerHeaders } = gateway
  const { problems } = context
  const current = await fromEnvironment('MCP_GATEWAY_SECRET', context)
  const previous = await fromEnvironment('MCP_GATEWAY_SECRET_PREVIOUS', context)
  if (previous !== undefined && current === undefined) {
    problems.push('MCP_GATEWAY_SECRET_PREVIOUS in the environment: is set without MCP_GATEWAY_SECRET')
  }
  const inFiles = await Promise.all(
    sentinel.secretFiles.map((file, index) => readSecret(file, `gateway.sentinel.secretFiles.${index}`, context)),
  )
  const secrets = (current === undefined ? inFiles : [current, previous]).filter((secret) => secret !== undefined)
  return { sentinel: secrets.length > 0 ? { header: sentinel.header, secrets } : undefined, callerHeaders }
}

async function fromEnvironment(name: string, context: Context): Promise<string | undefined> {
  const { env, problems } = context
  const [text, file] = [env[name], env[`${name}_FILE`]]
  if (text !== undefined && file !== undefined) {
    problems.push(`${name} and ${name}_FILE in the environment: both are set; unset one`)
  }
  if (text !== undefined) return checked(text, name, problems)
  return file === undefined ? undefined : readSecret(file, `${name}_FILE`, context)
}

async function readSecret(file: string, name: string, { folder, problems }: Context): Promise<string | undefined> {
  try {
    return checked((await readText(path.resolve(folder, file))).trim(), name, problems)
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`)
    return undefined
  }
}

/** Characters that arrive in a header as they left; a guessable sentinel is none. */
function checked(secret: string, name: string, problems: string[]): string | undefined {
  if (/^[\x21-\x7e]{32,512}$/.test(secret)) return secret
  problems.push(
    `${name}: must be 32 to 512 printable characters without spaces (\`openssl rand -base64 32\` makes them); it has ${secret.length}`,
  )
  return undefined
}

/** All headers that are read for who is calling, those that App Service writes beside its own included. */
export const callerHeaderNames = ({ callerHeaders }: Pick<GatewayConfig, 'callerHeaders'>): string[] =>
  callerHeaders.flatMap(({ name, format }) =>
    format === 'easyauth' || format === 'swa' ? [name, `${name}-id`, `${name}-name`, `${name}-idp`] : [name],
  )
