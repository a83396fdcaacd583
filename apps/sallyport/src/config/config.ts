import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type { EntraCloud, EntraClouds } from '@sallyport/verifier'
import { acceptsEntra } from './auth-mode.ts'
import type { Auth } from './auth-mode.ts'
import { mentionsAzureAd, resolveAzureAd } from './azure-ad.ts'
import type { AzureAd } from './azure-ad.ts'
import type { Environment } from './environment.ts'
import { allowsInsecureBind, checkExposure } from './exposure.ts'
import type { Findings, Notice } from './findings.ts'
import { callerHeaderNames, resolveGateway } from './gateway.ts'
import type { GatewayConfig } from './gateway.ts'
import { modesInFile, outboundMisfit, resolveModes } from './modes.ts'
import { resolveClusters } from './clusters-section.ts'
import type { Cluster } from './clusters-section.ts'
import { resolveKubernetes } from './kubernetes-section.ts'
import type { DeclaredKubernetes } from './kubernetes-section.ts'
import { DECLARED_TEAMSPACE } from './setting-types.ts'
import { readText } from './read-text.ts'
import { sayIssue } from './say-issue.ts'
import { configFileSchema } from './schema.ts'
import type { ConfigFile } from './schema.ts'
import { sealingKey } from './sealing-key.ts'
import { identityAudience, identityProblems } from './signed-identity.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export type Outbound =
  | { readonly kind: 'entra-obo' }
  | { readonly kind: 'static'; readonly header: string; readonly value: string }
  | SignedIdentityOutbound
  | { readonly kind: 'none' }

export interface SignedIdentityOutbound {
  readonly kind: 'signed-identity'
  readonly audience: string
  readonly header: string
}

export interface ServerConfig {
  readonly name: string
  readonly path: string
  readonly upstream: URL
  readonly auth: Auth
  readonly outbound: Outbound
  readonly roles?: readonly string[] | undefined
  /** App roles of Entra tokens, one of which is needed. */
  readonly appRoles?: readonly string[] | undefined
  /** What `azureAd` asks of its people where the server itself asks for nothing. */
  readonly entraAppRoles?: readonly string[] | undefined
  readonly scopes: readonly string[]
  readonly resourcePath: string
  readonly forwardHeaders: readonly string[]
}

export interface Config extends Omit<
  ConfigFile,
  | 'listen'
  | 'servers'
  | 'clouds'
  | 'clusters'
  | 'kubernetes'
  | 'database'
  | 'keyFile'
  | 'defaultServer'
  | 'auth'
  | 'azureAd'
  | 'gateway'
> {
  readonly listen: { readonly public: ListenAddress; readonly admin: ListenAddress }
  readonly servers: readonly ServerConfig[]
  readonly defaultServer: string
  /** Declared by the operator, beside those that teamspaces have in the database. */
  readonly azureAd: AzureAd | undefined
  readonly gateway: GatewayConfig
  /** The environment asks for Entra tokens, so that it is a mistake if there is no connection to judge them by. */
  readonly entraIsStated: boolean
  /** What operators should know at start. */
  readonly notices: readonly Notice[]
  /** Entra clouds of the operator's own, beside Microsoft's. */
  readonly clouds: EntraClouds
  /** By name, the one we run in included. */
  readonly clusters: ReadonlyMap<string, Cluster>
  /** The connection that the default teamspace is given at start. */
  readonly kubernetes: DeclaredKubernetes | undefined
  /** `sqlite:PATH` with an absolute path, or a `postgres://` URL. */
  readonly database: string
  readonly sealingKey: Uint8Array
  /** Opens the admin API; made anew at each start when undefined (SQLite keeps it for the CLI). */
  readonly operatorToken?: string
}

/** The configuration cannot be used; `problems` has every reason, each with its line where there is one. */
export class ConfigInvalid extends Error {
  readonly problems: readonly string[]

  constructor(file: string, problems: readonly string[]) {
    super(
      problems.length === 1
        ? `${file}: ${problems[0]}`
        : `${file}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    )
    this.name = 'ConfigInvalid'
    this.problems = problems
  }
}

/** Settings of the command line, which win over the file's. */
export interface ConfigFlags {
  readonly kubernetes?: Partial<NonNullable<ConfigFile['kubernetes']>>
}

/** The address of the default server, which is also the audience of tokens for it (RFC 8707 §2). */
export function defaultResourceOf({ publicUrl, servers, defaultServer }: Config): string {
  return `${publicUrl}${servers.find(({ name }) => name === defaultServer)!.path}`
}

/** Reads `sallyport.yaml` and the environment, which wins. Throws `ConfigInvalid` with all problems at once. */
export async function loadConfig(
  file: string,
  env: Environment = process.env,
  flags: ConfigFlags = {},
): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigInvalid(file, [
      error.code === 'ENOENT' ? 'there is no such file (`sallyport init` writes one)' : error.message,
    ])
  })
  const parsed = parseConfigFile(text, file, flags)
  return resolveConfig(parsed, { file, env })
}

/** Checks the text of a configuration file against the schema and against itself. */
export function parseConfigFile(text: string, file: string, flags: ConfigFlags = {}): ConfigFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const at = (offset: number | undefined, message: string) =>
    offset === undefined ? message : `line ${lines.linePos(offset).line}: ${message}`
  if (document.errors.length > 0) {
    throw new ConfigInvalid(
      file,
      document.errors.map((error) => at(error.pos[0], sayYaml(error.message))),
    )
  }
  const plain = withFlags(toPlain(document, file) ?? {}, flags)
  const result = configFileSchema.safeParse(plain, { error: sayIssue })
  const problems = result.success
    ? [...contradictions(result.data), ...flagProblems(result.data, flags)]
    : result.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a setting' }))
          : [{ path: issue.path, message: issue.message }],
      )
  if (problems.length > 0 || !result.success) {
    throw new ConfigInvalid(
      file,
      problems.map((problem) => at(offsetOf(document, problem.path), `${problem.path.join('.')}: ${problem.message}`)),
    )
  }
  return result.data
}

/** A flag that turns the section on says so; without it, what the section asks for stays asked for. */
function withFlags(plain: unknown, { kubernetes }: ConfigFlags): unknown {
  if (!kubernetes || Object.keys(kubernetes).length === 0 || typeof plain !== 'object' || plain === null) return plain
  const section = (plain as { kubernetes?: object }).kubernetes ?? { requireOauth: false }
  return { ...plain, kubernetes: { ...section, ...kubernetes } }
}

/** A flag that says what tokens are for must not be what switches them off: without any, servers would take everybody. */
function flagProblems({ kubernetes: section }: ConfigFile, { kubernetes: flags }: ConfigFlags): Problem[] {
  if (section?.requireOauth !== false || flags?.oauthAudience === undefined) return []
  return [
    { path: ['kubernetes', 'oauthAudience'], message: 'oauth-audience is only valid if require-oauth is enabled' },
  ]
}

/** Its first line says what; where is said already. */
const sayYaml = (message: string): string => message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')

/** Without aliases: a few lines of them can stand for gigabytes. */
function toPlain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    throw new ConfigInvalid(file, ['YAML aliases are not taken: write the value out'])
  }
}

interface Problem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

function contradictions(config: ConfigFile): Problem[] {
  const problems: Problem[] = []
  const paths = new Map<string, string>()
  for (const [name, server] of Object.entries(config.servers)) {
    const other = paths.get(server.path)
    if (other !== undefined) problems.push({ path: ['servers', name, 'path'], message: `is also the path of ${other}` })
    paths.set(server.path, name)
    if (server.resourcePath !== undefined && !`${server.path}/`.startsWith(`${server.resourcePath}/`)) {
      problems.push({ path: ['servers', name, 'resourcePath'], message: 'must be a leading part of path' })
    }
    const misfit = outboundMisfit(server.outbound.kind, modesInFile(config, name))
    if (misfit !== undefined) problems.push({ path: ['servers', name, 'outbound', 'kind'], message: misfit })
    for (const { path, message } of identityProblems(server, config.publicUrl)) {
      problems.push({ path: ['servers', name, ...path], message })
    }
    if ('header' in server.outbound && server.forwardHeaders.some(isSameHeader(server.outbound.header))) {
      const message = `has ${server.outbound.header}, the header of outbound: callers could send their own`
      problems.push({ path: ['servers', name, 'forwardHeaders'], message })
    }
  }
  if (config.defaultServer !== undefined && !Object.hasOwn(config.servers, config.defaultServer)) {
    problems.push({ path: ['defaultServer'], message: `${config.defaultServer} is not among the servers` })
  }
  return problems
}

/** Many servers hand `-` and `_` to their programs as one character (RFC 3875 §4.1.18). */
const isSameHeader = (name: string) => (other: string) => other.replaceAll('_', '-') === name.replaceAll('_', '-')

/** The line of a setting, or of the nearest part of its path that is written down. */
function offsetOf(document: Document, keys: readonly PropertyKey[]): number | undefined {
  for (let length = keys.length; length > 0; length--) {
    const parent = document.getIn(keys.slice(0, length - 1), true) ?? document.contents
    const pair = (parent as { items?: { key?: { value?: unknown; range?: [number] } }[] } | undefined)?.items?.find(
      (item) => item?.key?.value === keys[length - 1],
    )
    if (pair?.key?.range) return pair.key.range[0]
  }
  return undefined
}

/** The configuration with all that it refers to: files, the environment, defaults. Throws `ConfigInvalid`. */
export async function resolveConfig(parsed: ConfigFile, context: { file: string; env: Environment }): Promise<Config> {
  const { file, env } = context
  const folder = path.dirname(path.resolve(file))
  const problems: string[] = []
  const findings: Findings = { problems, notices: [] }
  const database = resolveDatabase(env.DATABASE_URL ?? parsed.database ?? 'sqlite:./sallyport.db', folder)
  const isKnown = /^(?:sqlite|postgres(?:ql)?):/.test(database)
  if (!isKnown) problems.push('DATABASE_URL: must be sqlite:PATH or postgres://…')
  const modes = resolveModes(parsed, env, findings)
  const isEntraUsed = Object.keys(parsed.servers).some((name) => acceptsEntra(modes.authOf(name)))
  const clouds = Object.fromEntries(Object.entries(parsed.clouds).map(([name, cloud]) => [name, toCloud(cloud)]))
  const azureAd = isEntraUsed ? resolveAzureAd(parsed, env, { clouds, problems }) : undefined
  if (!isEntraUsed && mentionsAzureAd(parsed, env)) findings.notices.push(AZURE_AD_IGNORED)
  const gateway = await resolveGateway(parsed, { env, folder, problems })
  const servers = await Promise.all(
    Object.entries(parsed.servers).map(async ([name, server]): Promise<ServerConfig> => {
      const outbound = await resolveOutbound(server, folder).catch((error: Error) => {
        problems.push(`servers.${name}.outbound.valueFile: ${error.message}`)
        return { kind: 'none' } as const
      })
      const auth = modes.authOf(name)
      const requiredRole = azureAd?.requiredRole
      const isAsked = requiredRole && !server.appRoles && acceptsEntra(auth)
      return {
        ...server,
        name,
        auth,
        ...(isAsked && { entraAppRoles: [requiredRole] }),
        upstream: new URL(server.upstream),
        outbound,
        resourcePath: server.resourcePath ?? server.path,
      }
    }),
  )
  for (const { name, forwardHeaders } of servers) {
    if (!gateway.sentinel || !forwardHeaders.some(isSameHeader(gateway.sentinel.header))) continue
    problems.push(`servers.${name}.forwardHeaders: has ${gateway.sentinel.header}, whose secret is for Sallyport alone`)
  }
  for (const { name, forwardHeaders } of servers) {
    const said = forwardHeaders.find((header) => callerHeaderNames(gateway).some(isSameHeader(header)))
    if (said === undefined) continue
    problems.push(`servers.${name}.forwardHeaders: has ${said}, which says who is calling (gateway.callerHeaders)`)
  }
  const listen = { public: toAddress(parsed.listen.public), admin: toAddress(parsed.listen.admin) }
  const [inFile, inEnvironment] = [parsed.allowInsecurePublicBind, allowsInsecureBind(env, problems)]
  const hasSentinel = gateway.sentinel !== undefined
  checkExposure({ servers, address: listen.public, hasSentinel, inFile, inEnvironment, env }, findings)
  // Which key an unknown database would need cannot be said, so for it none is asked for.
  const keySources = { env, folder, keyFile: parsed.keyFile, database: isKnown ? database : 'sqlite::memory:' }
  const key = await sealingKey(keySources).catch((error: Error) => {
    problems.push(error.message)
    return new Uint8Array(32)
  })
  const operatorToken = env.SALLYPORT_OPERATOR_TOKEN
  if (operatorToken !== undefined && !/^[\x21-\x7e]{32,512}$/.test(operatorToken)) {
    problems.push(
      'SALLYPORT_OPERATOR_TOKEN: must be 32 to 512 printable characters (`openssl rand -base64 32` makes one)',
    )
  }
  const publicUrl = new URL(parsed.publicUrl).origin
  const { defaultServer = servers[0]!.name, defaultTeamspace = DECLARED_TEAMSPACE } = parsed
  const { path: defaultPath } = parsed.servers[defaultServer]!
  const clusters = resolveClusters(parsed.clusters, folder, env)
  const kubernetes = resolveKubernetes(
    parsed.kubernetes,
    { publicUrl, path: defaultPath, teamspace: defaultTeamspace, clusters, folder, servers },
    findings,
  )
  if (problems.length > 0) throw new ConfigInvalid(file, problems)
  const { kubernetes: _, ...settings } = parsed
  return Object.freeze({
    ...settings,
    publicUrl,
    listen,
    servers,
    clouds,
    clusters,
    kubernetes,
    defaultServer,
    // What is declared for the default teamspace must not be found there only while there is no other.
    defaultTeamspace: azureAd || kubernetes ? defaultTeamspace : parsed.defaultTeamspace,
    azureAd,
    gateway,
    allowInsecurePublicBind: inFile && inEnvironment,
    entraIsStated: modes.variable?.value.includes('EntraJwt') ?? false,
    notices: findings.notices,
    database,
    sealingKey: key,
    ...(operatorToken !== undefined && { operatorToken }),
  })
}

/** S3-11, S3-52: not needed is no reason to fail, but whoever set it may believe that it does something. */
const AZURE_AD_IGNORED: Notice = {
  level: 'info',
  code: 'azure_ad_ignored',
  message: 'AzureAd is configured, but no server has auth EntraJwt: it is not used',
}

function resolveDatabase(url: string, folder: string): string {
  if (!url.startsWith('sqlite:') || url === 'sqlite::memory:') return url
  return `sqlite:${path.resolve(folder, url.slice('sqlite:'.length))}`
}

async function resolveOutbound(server: ConfigFile['servers'][string], folder: string): Promise<Outbound> {
  const { outbound } = server
  if (outbound.kind === 'signed-identity') return { ...outbound, audience: identityAudience(server) }
  if (outbound.kind !== 'static') return outbound
  const value = outbound.value ?? (await readText(path.resolve(folder, outbound.valueFile!))).trim()
  if (!/^[\x20-\x7e]+$/.test(value)) throw new Error('must hold one line of printable ASCII')
  return { kind: 'static', header: outbound.header, value }
}

const toCloud = ({ authority, graph }: ConfigFile['clouds'][string]): EntraCloud => ({
  authority: new URL(authority).origin,
  ...(graph !== undefined && { graph }),
})

function toAddress(text: string): ListenAddress {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) }
}
