import { parseAuthModes, toAuth } from './auth-mode.ts'
import type { Auth, AuthMode } from './auth-mode.ts'
import { readVariable } from './environment.ts'
import type { Environment, Variable } from './environment.ts'
import type { Findings } from './findings.ts'
import { parseBoolean } from './parsed.ts'
import type { ConfigFile } from './schema.ts'

const MODE_VARIABLES = ['MCP_AUTH_MODE', 'Authentication__Mode']
const BYPASS_VARIABLES = ['DEV_BYPASS_AUTH', 'DevelopmentMode__BypassAuthentication']

export interface Modes {
  authOf(serverName: string): Auth
  /** The variable that says it for all servers, where one does. */
  readonly variable: Variable<readonly AuthMode[]> | undefined
}

/** Who says how callers prove themselves: the environment, else the server, else `auth` for all, else EntraJwt. */
export function resolveModes(file: ConfigFile, env: Environment, findings: Findings): Modes {
  const { problems } = findings
  const stated = readVariable(env, MODE_VARIABLES, { parse: parseAuthModes, problems })
  const bypass = readVariable(env, BYPASS_VARIABLES, { parse: parseBoolean, problems })
  const variable = bypass?.value ? bypassed(bypass, { file, stated }, findings) : stated
  if (variable && !bypass?.value) tellOverridden(file, variable, findings)

  const authOf = (name: string) => toAuth(variable?.value ?? modesInFile(file, name))
  if (variable) refuseMisfits(file, variable, problems)
  return { authOf, variable }
}

/** What the file says of a server's callers. */
export const modesInFile = (file: ConfigFile, name: string): readonly AuthMode[] =>
  file.servers[name]?.auth ?? file.auth ?? defaultModes(file)

/** kubernetes-mcp-server asks for the cluster's tokens or for nothing. */
function defaultModes({ kubernetes }: ConfigFile): readonly AuthMode[] {
  if (!kubernetes) return ['EntraJwt']
  return kubernetes.requireOauth ? ['Kubernetes'] : ['None']
}

/** Why an inner door does not go with what the outer one asks for; nothing, when it does. */
export function outboundMisfit(outbound: Outbound['kind'], modes: readonly AuthMode[]): string | undefined {
  if (outbound === 'entra-obo' && modes.join() !== 'EntraJwt') {
    return `is entra-obo, which exchanges the Entra token that each caller brings; so auth must be EntraJwt alone, and is ${modes.join(', ')}`
  }
  if (outbound === 'signed-identity' && modes.some((mode) => mode === 'Gateway' || mode === 'None')) {
    return 'is signed-identity, but callers prove nothing that could be signed for'
  }
  return undefined
}

/** The file was held against itself; the environment may say something else. */
function refuseMisfits(file: ConfigFile, { name, value }: Variable<readonly AuthMode[]>, problems: string[]): void {
  for (const [server, { outbound }] of Object.entries(file.servers)) {
    const misfit = outboundMisfit(outbound.kind, value)
    if (misfit !== undefined) problems.push(`servers.${server}.outbound.kind: ${misfit} (${name} in the environment)`)
  }
}

type Outbound = ConfigFile['servers'][string]['outbound']

interface Statements {
  readonly file: ConfigFile
  readonly stated: Variable<readonly AuthMode[]> | undefined
}

/** The flag of old still means None, but never against a mode that somebody chose (S3-06, S3-07). */
function bypassed(
  { name }: Variable<boolean>,
  { file, stated }: Statements,
  { problems, notices }: Findings,
): Variable<readonly AuthMode[]> {
  const said: [string, readonly AuthMode[] | undefined][] = [
    [stated?.name ?? '', stated?.value],
    ['auth', file.auth],
    ...Object.entries(file.servers).map(([server, { auth }]): [string, readonly AuthMode[] | undefined] => [
      `servers.${server}.auth`,
      auth,
    ]),
  ]
  for (const [where, modes] of said) {
    if (modes === undefined || modes.join() === 'None') continue
    problems.push(
      `${name} in the environment: would switch off the authentication that ${where} asks for (${modes.join(', ')}); unset it, or say None there`,
    )
  }
  const message = `${name} is deprecated: set MCP_AUTH_MODE=None instead, which means the same`
  notices.push({ level: 'warn', code: 'dev_bypass_auth_deprecated', message })
  return { name, value: ['None'] }
}

function tellOverridden(file: ConfigFile, { name, value }: Variable<readonly AuthMode[]>, { notices }: Findings): void {
  const said = value.join()
  const overridden = Object.entries(file.servers)
    .filter(([, { auth = file.auth }]) => auth !== undefined && auth.join() !== said)
    .map(([server]) => server)
  if (overridden.length === 0) return
  const message = `${name}=${value.join(', ')} overrides what the file says of: ${overridden.join(', ')}`
  notices.push({ level: 'info', code: 'auth_mode_from_environment', message })
}
