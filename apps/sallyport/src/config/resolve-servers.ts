import path from 'node:path'
import { acceptsEntra } from './auth-mode.ts'
import type { AzureAd } from './azure-ad.ts'
import type { Outbound, ServerConfig } from './config.ts'
import { isSameHeader } from './contradictions.ts'
import { callerHeaderNames } from './gateway.ts'
import type { GatewayConfig } from './gateway.ts'
import type { Modes } from './modes.ts'
import { readText } from './read-text.ts'
import type { ConfigFile } from './schema.ts'
import { identityAudience } from './signed-identity.ts'

type ServerFile = ConfigFile['servers'][string]

interface Context {
  readonly modes: Modes
  readonly azureAd: AzureAd | undefined
  readonly gateway: GatewayConfig
  /** What relative paths start from. */
  readonly folder: string
  readonly problems: string[]
}

/** The servers with what they take from the environment, from `azureAd` and from files. */
export async function resolveServers({ servers }: ConfigFile, context: Context): Promise<readonly ServerConfig[]> {
  const resolved = await Promise.all(
    Object.entries(servers).map(([name, server]) => resolveServer(name, server, context)),
  )
  const { gateway, problems } = context
  for (const { name, forwardHeaders } of resolved) {
    const { header } = gateway.sentinel ?? {}
    if (header !== undefined && forwardHeaders.some(isSameHeader(header))) {
      problems.push(`servers.${name}.forwardHeaders: has ${header}, whose secret is for Sallyport alone`)
    }
    const said = forwardHeaders.find((forwarded) => callerHeaderNames(gateway).some(isSameHeader(forwarded)))
    if (said !== undefined) {
      problems.push(`servers.${name}.forwardHeaders: has ${said}, which says who is calling (gateway.callerHeaders)`)
    }
  }
  return resolved
}

async function resolveServer(name: string, server: ServerFile, context: Context): Promise<ServerConfig> {
  const { modes, azureAd, folder, problems } = context
  const outbound = await resolveOutbound(server, folder).catch((error: Error): Outbound => {
    problems.push(`servers.${name}.outbound.valueFile: ${error.message}`)
    return { kind: 'none' } // of a configuration that is refused
  })
  const auth = modes.authOf(name)
  const requiredRole = azureAd?.requiredRole
  const isRoleNeeded = requiredRole && !server.appRoles && acceptsEntra(auth)
  return {
    ...server,
    name,
    auth,
    ...(isRoleNeeded && { entraAppRoles: [requiredRole] }),
    upstream: new URL(server.upstream),
    outbound,
    resourcePath: server.resourcePath ?? server.path,
  }
}

async function resolveOutbound(server: ServerFile, folder: string): Promise<Outbound> {
  const { outbound } = server
  if (outbound.kind === 'signed-identity') return { ...outbound, audience: identityAudience(server) }
  if (outbound.kind !== 'static') return outbound
  const value = outbound.value ?? (await readText(path.resolve(folder, outbound.valueFile!))).trim()
  if (!/^[\x20-\x7e]+$/.test(value)) throw new Error('must hold one line of printable ASCII')
  return { kind: 'static', header: outbound.header, value }
}
