import path from 'node:path'
import type { EntraClouds } from '@sallyport/verifier'
import { acceptsEntra } from './auth-mode.ts'
import { mentionsAzureAd, resolveAzureAd } from './azure-ad.ts'
import type { AzureAd } from './azure-ad.ts'
import { resolveClusters } from './clusters-section.ts'
import { ConfigInvalid } from './config-invalid.ts'
import type { Config, ListenAddress } from './config.ts'
import { resolveConsole } from './console.ts'
import type { Environment } from './environment.ts'
import { allowsInsecureBind, checkExposure } from './exposure.ts'
import type { Findings, Notice } from './findings.ts'
import { resolveGateway } from './gateway.ts'
import { resolveKubernetes } from './kubernetes-section.ts'
import { resolveModes } from './modes.ts'
import type { Modes } from './modes.ts'
import { resolveServers } from './resolve-servers.ts'
import type { ConfigFile } from './schema.ts'
import { sealingKey } from './sealing-key.ts'
import { DECLARED_TEAMSPACE } from './setting-types.ts'

interface Context {
  readonly env: Environment
  /** What relative paths start from: where the file is. */
  readonly folder: string
  readonly findings: Findings
}

/** The configuration with all that it refers to: files, the environment, defaults. Throws `ConfigInvalid`. */
export async function resolveConfig(
  parsed: ConfigFile,
  { file, env }: { readonly file: string; readonly env: Environment },
): Promise<Config> {
  const problems: string[] = []
  const findings: Findings = { problems, notices: [] }
  const folder = path.dirname(path.resolve(file))
  const context: Context = { env, folder, findings }
  const database = resolveDatabase(parsed, context)
  const modes = resolveModes(parsed, env, findings)
  const clouds = resolveClouds(parsed)
  const azureAd = resolveDeclaredEntra(parsed, { ...context, modes, clouds })
  const gateway = await resolveGateway(parsed, { env, folder, problems })
  const { sentinel } = gateway
  const servers = await resolveServers(parsed, { modes, azureAd, gateway, folder, problems })
  const listen = { public: toAddress(parsed.listen.public), admin: toAddress(parsed.listen.admin) }
  const [inFile, inEnvironment] = [parsed.allowInsecurePublicBind, allowsInsecureBind(env, problems)]
  const hasSentinel = sentinel !== undefined
  checkExposure({ servers, address: listen.public, hasSentinel, inFile, inEnvironment, env }, findings)
  const key = await resolveKey(parsed, database, context)
  const operatorToken = tokenOf('SALLYPORT_OPERATOR_TOKEN', env.SALLYPORT_OPERATOR_TOKEN, problems)
  const metricsToken = tokenOf('SALLYPORT_METRICS_TOKEN', env.SALLYPORT_METRICS_TOKEN, problems)
  const publicUrl = new URL(parsed.publicUrl).origin
  const { defaultServer = servers[0]!.name, defaultTeamspace = DECLARED_TEAMSPACE } = parsed
  const { path: defaultPath } = parsed.servers[defaultServer]!
  const clusters = resolveClusters(parsed.clusters, folder, env)
  const kubernetes = resolveKubernetes(
    parsed.kubernetes,
    { publicUrl, path: defaultPath, teamspace: defaultTeamspace, clusters, folder, servers },
    findings,
  )
  const console = await resolveConsole(parsed.console, { admin: listen.admin, publicUrl, clouds, folder, problems })
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
    console,
    allowInsecurePublicBind: inFile && inEnvironment,
    entraIsStated: modes.variable?.value.includes('EntraJwt') ?? false,
    notices: findings.notices,
    database,
    sealingKey: key,
    ...(operatorToken !== undefined && { operatorToken }),
    ...(metricsToken !== undefined && { metricsToken }),
  })
}

function resolveDatabase(parsed: ConfigFile, { env, folder, findings }: Context): string {
  const url = env.DATABASE_URL ?? parsed.database ?? 'sqlite:./sallyport.db'
  if (!isKnownDatabase(url)) findings.problems.push('DATABASE_URL: must be sqlite:PATH or postgres://…')
  if (!url.startsWith('sqlite:') || url === 'sqlite::memory:') return url
  return `sqlite:${path.resolve(folder, url.slice('sqlite:'.length))}`
}

const isKnownDatabase = (url: string): boolean => /^(?:sqlite|postgres(?:ql)?):/.test(url)

/** Which key an unknown database would need cannot be said, so for it none is asked for. */
async function resolveKey({ keyFile }: ConfigFile, database: string, context: Context): Promise<Uint8Array> {
  const { env, folder, findings } = context
  const keySources = { env, folder, keyFile, database: isKnownDatabase(database) ? database : 'sqlite::memory:' }
  return sealingKey(keySources).catch((error: Error) => {
    findings.problems.push(error.message)
    return new Uint8Array(32) // of a configuration that is refused
  })
}

function resolveDeclaredEntra(
  parsed: ConfigFile,
  { env, findings, modes, clouds }: Context & { readonly modes: Modes; readonly clouds: EntraClouds },
): AzureAd | undefined {
  const { problems, notices } = findings
  const isEntraUsed = Object.keys(parsed.servers).some((name) => acceptsEntra(modes.authOf(name)))
  if (isEntraUsed) return resolveAzureAd(parsed, env, { clouds, problems })
  if (mentionsAzureAd(parsed, env)) notices.push(AZURE_AD_IGNORED)
  return undefined
}

/** S3-11, S3-52: not needed is no reason to fail, but whoever set it may believe that it does something. */
const AZURE_AD_IGNORED: Notice = {
  level: 'info',
  code: 'azure_ad_ignored',
  message: 'AzureAd is configured, but no server has auth EntraJwt: it is not used',
}

const resolveClouds = ({ clouds }: ConfigFile): EntraClouds =>
  Object.fromEntries(
    Object.entries(clouds).map(([name, { authority, graph }]) => [
      name,
      { authority: new URL(authority).origin, ...(graph !== undefined && { graph }) },
    ]),
  )

function tokenOf(name: string, token: string | undefined, problems: string[]): string | undefined {
  if (token !== undefined && !/^[\x21-\x7e]{32,512}$/.test(token)) {
    problems.push(`${name}: must be 32 to 512 printable characters (\`openssl rand -base64 32\` makes one)`)
  }
  return token
}

function toAddress(text: string): ListenAddress {
  const colon = text.lastIndexOf(':')
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) }
}
