import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import type { EntraCloud, EntraClouds } from '@sallyport/verifier'
import { toAuth } from './auth-mode.ts'
import type { Auth, AuthMode } from './auth-mode.ts'
import { resolveClusters } from './clusters-section.ts'
import type { Cluster } from './clusters-section.ts'
import { declareKubernetes, kubernetesWarnings } from './kubernetes-section.ts'
import type { DeclaredKubernetes, KubernetesContext } from './kubernetes-section.ts'
import { configFileSchema } from './schema.ts'
import type { ConfigFile } from './schema.ts'
import { sealingKey } from './sealing-key.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export type Outbound =
  | { readonly kind: 'entra-obo' }
  | { readonly kind: 'static'; readonly header: string; readonly value: string }
  | { readonly kind: 'none' }

export interface ServerConfig {
  readonly name: string
  readonly path: string
  readonly upstream: URL
  readonly auth: Auth
  readonly outbound: Outbound
  readonly roles?: readonly string[] | undefined
  /** App roles of Entra tokens, one of which is needed. */
  readonly appRoles?: readonly string[] | undefined
  readonly scopes: readonly string[]
  readonly resourcePath: string
  readonly forwardHeaders: readonly string[]
}

export interface Config extends Omit<
  ConfigFile,
  'listen' | 'servers' | 'clouds' | 'clusters' | 'kubernetes' | 'database' | 'keyFile' | 'defaultServer'
> {
  readonly listen: { readonly public: ListenAddress; readonly admin: ListenAddress }
  readonly servers: readonly ServerConfig[]
  readonly defaultServer: string
  /** Entra clouds of the operator's own, beside Microsoft's. */
  readonly clouds: EntraClouds
  /** By name, the one we run in included. */
  readonly clusters: ReadonlyMap<string, Cluster>
  /** The connection that the default teamspace is given at start. */
  readonly kubernetes?: DeclaredKubernetes
  /** What is allowed, but should be said at each start. */
  readonly warnings: readonly string[]
  /** `sqlite:PATH` with an absolute path, or a `postgres://` URL. */
  readonly database: string
  readonly sealingKey: Uint8Array
  /** Opens the admin API; made anew at each start when undefined (SQLite keeps it for the CLI). */
  readonly operatorToken?: string
}

type Environment = Readonly<Record<string, string | undefined>>

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
      document.errors.map((error) => at(error.pos[0], error.message.split('\n')[0] ?? error.code)),
    )
  }
  const result = configFileSchema.safeParse(withFlags(toPlain(document, file) ?? {}, flags))
  const problems = result.success
    ? contradictions(result.data)
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
    if (server.outbound.kind === 'static' && server.forwardHeaders.includes(server.outbound.header)) {
      const message = `has ${server.outbound.header}, the header of outbound: callers could send their own`
      problems.push({ path: ['servers', name, 'forwardHeaders'], message })
    }
  }
  if (config.defaultServer !== undefined && !Object.hasOwn(config.servers, config.defaultServer)) {
    problems.push({ path: ['defaultServer'], message: `${config.defaultServer} is not among the servers` })
  }
  return problems
}

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
  const database = resolveDatabase(env.DATABASE_URL ?? parsed.database ?? 'sqlite:./sallyport.db', folder)
  if (!/^(?:sqlite|postgres(?:ql)?):/.test(database)) problems.push('DATABASE_URL: must be sqlite:PATH or postgres://…')
  const servers = await Promise.all(
    Object.entries(parsed.servers).map(async ([name, server]): Promise<ServerConfig> => {
      const outbound = await resolveOutbound(server.outbound, folder).catch((error: Error) => {
        problems.push(`servers.${name}.outbound.valueFile: ${error.message}`)
        return { kind: 'none' } as const
      })
      return {
        ...server,
        name,
        auth: toAuth(server.auth ?? defaultModes(parsed)),
        upstream: new URL(server.upstream),
        outbound,
        resourcePath: server.resourcePath ?? server.path,
      }
    }),
  )
  const key = await sealingKey({ env, folder, keyFile: parsed.keyFile, database }).catch((error: Error) => {
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
  const clusters = resolveClusters(parsed.clusters, folder, env)
  const kubernetes = resolveKubernetes(parsed, { publicUrl, clusters, folder })
  if (kubernetes && 'problem' in kubernetes) problems.push(kubernetes.problem)
  if (problems.length > 0) throw new ConfigInvalid(file, problems)
  const { kubernetes: section, ...settings } = parsed
  return Object.freeze({
    ...settings,
    publicUrl,
    listen: { public: toAddress(parsed.listen.public), admin: toAddress(parsed.listen.admin) },
    servers,
    clouds: Object.fromEntries(Object.entries(parsed.clouds).map(([name, cloud]) => [name, toCloud(cloud)])),
    clusters,
    ...(kubernetes && !('problem' in kubernetes) && { kubernetes, defaultTeamspace: ownTeamspace(parsed) }),
    warnings: section ? kubernetesWarnings(section) : [],
    defaultServer: parsed.defaultServer ?? servers[0]!.name,
    database,
    sealingKey: key,
    ...(operatorToken !== undefined && { operatorToken }),
  })
}

/** How callers of servers that do not say prove themselves. */
function defaultModes({ kubernetes }: ConfigFile): readonly AuthMode[] {
  if (!kubernetes) return ['EntraJwt']
  return kubernetes.requireOauth ? ['Kubernetes'] : ['None']
}

/** The teamspace of an organisation that needs no other. */
const ownTeamspace = ({ defaultTeamspace }: ConfigFile): string => defaultTeamspace ?? 'default'

interface Surroundings extends Pick<KubernetesContext, 'publicUrl' | 'clusters'> {
  readonly folder: string
}

function resolveKubernetes(parsed: ConfigFile, { folder, ...around }: Surroundings) {
  const { kubernetes: section, servers, defaultServer = Object.keys(servers)[0]! } = parsed
  if (!section?.requireOauth) return undefined
  const { certificateAuthority } = section
  const resource = `${around.publicUrl}${servers[defaultServer]!.path}`
  return declareKubernetes(
    { ...section, ...(certificateAuthority && { certificateAuthority: path.resolve(folder, certificateAuthority) }) },
    { ...around, resource, teamspace: ownTeamspace(parsed) },
  )
}

function resolveDatabase(url: string, folder: string): string {
  if (!url.startsWith('sqlite:') || url === 'sqlite::memory:') return url
  return `sqlite:${path.resolve(folder, url.slice('sqlite:'.length))}`
}

async function resolveOutbound(outbound: ConfigFile['servers'][string]['outbound'], folder: string): Promise<Outbound> {
  if (outbound.kind !== 'static') return outbound
  const value = outbound.value ?? (await readFile(path.resolve(folder, outbound.valueFile!), 'utf8')).trim()
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
