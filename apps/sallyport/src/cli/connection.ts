import { Option } from 'commander'
import type { Command } from 'commander'
import type { EntraConnectionView } from '../connections/connection-view.ts'
import { toEntraInput } from '../connections/entra-card.ts'
import type { EntraCard } from '../connections/entra-card.ts'
import type { ConnectionTest } from '../connections/test-connection.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { adminCommand } from './admin-command.ts'
import { readCredential } from './read-credential.ts'
import type { CredentialOptions } from './read-credential.ts'
import { CommandFailed } from './terminal.ts'
import type { Terminal } from './terminal.ts'

interface SetOptions extends CredentialOptions {
  readonly entra: true
  readonly cloud?: string
  readonly tenant: string
  readonly audience: string
  readonly scope?: string
  readonly gatewayClientId?: string
  readonly gatewayScope?: string
  readonly downstreamScope?: string
  readonly redirectUri?: string[]
  readonly facadeClientAuth?: string
  readonly allowedClient?: string[]
  readonly acceptedRole?: string[]
  readonly confirmOrphans?: true
}

export function connectionCommands(program: Command, terminal: Terminal): void {
  const group = program.command('connection').description("How a teamspace's people prove themselves")

  adminCommand<SetOptions>(
    withSetOptions(group.command('set <slug>').description('set or replace the connection')),
    terminal,
    async (client, [slug], options) => {
      const input = toEntraInput(await toCard(options))
      if (isRefused(input)) throw new CommandFailed(`${optionOf(input.refused.field)}${input.refused.says}`)
      const query = options.confirmOrphans ? '?confirmOrphans=true' : ''
      const view = await client.send<EntraConnectionView>('PUT', `${connectionOf(slug)}${query}`, input)
      return { lines: [`Set the connection of ${slug}.`, ...describe(view)], json: view }
    },
  )

  adminCommand(
    group.command('show <slug>').description('show it, without secrets'),
    terminal,
    async (client, [slug]) => {
      const view = await client.send<EntraConnectionView>('GET', connectionOf(slug))
      return { lines: [`${slug}: Entra tenant ${view.tenantId} (${view.cloud})`, ...describe(view)], json: view }
    },
  )

  adminCommand(group.command('test <slug>').description('ask Entra about it'), terminal, async (client, [slug]) => {
    const result = await client.send<ConnectionTest>('POST', `${connectionOf(slug)}/test`)
    if (result.outcome !== 'ok') return { lines: [], json: result, failure: sayFailure(result) }
    return { lines: [`ok: ${result.issuer} answers and publishes ${result.keyCount} keys.`], json: result }
  })

  adminCommand(
    group.command('remove <slug>').description('remove it, with all people it let in'),
    terminal,
    async (client, [slug]) => {
      const removed = await client.send<{ removedMembers: number }>('DELETE', connectionOf(slug))
      const line = `Removed the connection of ${slug}; members removed with it: ${removed.removedMembers}.`
      return { lines: [line], json: removed }
    },
  )
}

const connectionOf = (slug = ''): string => `/teamspaces/${encodeURIComponent(slug)}/connection`

function withSetOptions(command: Command): Command {
  return command
    .requiredOption('--entra', 'sign-in with Microsoft Entra')
    .option('--cloud <name>', 'global (unless set), usgov, china, or one of sallyport.yaml')
    .requiredOption('--tenant <guid>', 'Entra tenant (directory) ID')
    .requiredOption('--audience <guid>', 'client ID of the API')
    .option('--scope <name>', 'scope that the token must have, such as mcp.access')
    .option('--gateway-client-id <guid>', 'client ID of the gateway, to exchange tokens On-Behalf-Of')
    .option('--gateway-secret-file <file>', "file with the gateway's client secret")
    .option('--gateway-certificate-file <file>', "PEM file with the gateway's certificate")
    .option('--gateway-key-file <file>', 'PEM file with the private key of the certificate')
    .option('--gateway-federated-token-file <file>', 'file from which a federated token is read at each exchange')
    .option('--gateway-scope <name>', 'scope that people bring, when the audience is the API behind')
    .option('--downstream-scope <scope>', 'what to ask for On-Behalf-Of, such as api://…/.default')
    .option('--redirect-uri <uri...>', 'redirect URIs of MCP clients, instead of the usual ones')
    .addOption(new Option('--facade-client-auth <how>', 'inject adds the secret on /token').choices(['none', 'inject']))
    .option('--allowed-client <guid...>', 'only these clients (azp); any of the tenant, unless set')
    .option('--accepted-role <role...>', 'app roles that admit tokens of applications')
    .option('--confirm-orphans', 'change the tenant though its present members lose access')
}

async function toCard(options: SetOptions): Promise<EntraCard> {
  const { cloud, tenant, audience, scope, gatewayClientId, gatewayScope, downstreamScope } = options
  return {
    cloud,
    tenantId: tenant,
    audience,
    scope,
    gatewayClientId,
    gatewayScope,
    downstreamScope,
    credential: await readCredential(options),
    redirectUris: options.redirectUri,
    clientAuth: options.facadeClientAuth,
    allowedClients: options.allowedClient,
    acceptedRoles: options.acceptedRole,
  }
}

const CARD_OPTIONS: Readonly<Record<string, string>> = {
  credential: "The gateway's credential ",
  downstreamScope: '--downstream-scope ',
  gatewayScope: '--gateway-scope ',
}

const optionOf = (field: string | undefined): string => (field === undefined ? '' : (CARD_OPTIONS[field] ?? ''))

function describe({ audience, requiredScope, onBehalfOf, server }: EntraConnectionView): string[] {
  const brings = `People bring tokens for ${audience}${withScope(requiredScope)}.`
  if (!onBehalfOf) return [brings, 'Servers behind get no token of their own.']
  const scope = server ? withScope(server.requiredScope) : ''
  return [brings, `Servers behind get tokens for ${server?.audience ?? onBehalfOf.scope}${scope}.`]
}

const withScope = (scope: string | null): string => (scope === null ? ', whatever their scope' : ` with scope ${scope}`)

function sayFailure(result: Exclude<ConnectionTest, { outcome: 'ok' }>): string {
  const says =
    result.outcome === 'issuer_mismatch'
      ? `expected ${result.expected}, the tenant says ${result.presented}`
      : result.says
  return `${result.outcome}: ${says}`
}
