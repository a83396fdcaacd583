import { Option } from 'commander'
import type { Command } from 'commander'
import { ENTRA_GROUP_SOURCES } from '../connections/connection.ts'
import { toEntraInput } from '../connections/entra-card.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { KindOptions, SharedOptions } from './connection-options.ts'
import { readCredential } from './read-credential.ts'
import type { CredentialOptions } from './read-credential.ts'
import { CommandFailed } from './terminal.ts'

interface EntraOptions extends SharedOptions, CredentialOptions {
  readonly cloud?: string
  readonly tenant?: string
  readonly gatewayClientId?: string
  readonly gatewayScope?: string
  readonly downstreamScope?: string
  readonly redirectUri?: string[]
  readonly facadeClientAuth?: string
  readonly acceptedRole?: string[]
  readonly groups?: string
}

export const ENTRA_OPTIONS: KindOptions = { kind: 'entra', addTo, toInput }

function addTo(command: Command): Command {
  return command
    .option('--entra', 'sign-in with Microsoft Entra')
    .option('--cloud <name>', 'global (unless set), usgov, china, or one of sallyport.yaml')
    .option('--tenant <guid>', 'Entra tenant (directory) ID')
    .option('--gateway-client-id <guid>', 'client ID of the gateway, to exchange tokens On-Behalf-Of')
    .option('--gateway-secret-file <file>', "file with the gateway's client secret")
    .option('--gateway-certificate-file <file>', "PEM file with the gateway's certificate")
    .option('--gateway-key-file <file>', 'PEM file with the private key of the certificate')
    .option('--gateway-federated-token-file <file>', 'file from which a federated token is read at each exchange')
    .option('--gateway-scope <name>', 'scope that people bring, when the audience is the API behind')
    .option('--downstream-scope <scope>', 'what to ask for On-Behalf-Of, such as api://…/.default')
    .option('--redirect-uri <uri...>', 'redirect URIs of MCP clients, instead of the usual ones')
    .addOption(new Option('--facade-client-auth <how>', 'inject adds the secret on /token').choices(['none', 'inject']))
    .option('--accepted-role <role...>', 'app roles that admit tokens of applications')
    .addOption(
      new Option('--groups <source>', 'where groups of people are read; token-then-graph, unless set').choices(
        ENTRA_GROUP_SOURCES,
      ),
    )
}

async function toInput(options: EntraOptions): Promise<object> {
  const { cloud, tenant, audience, scope, gatewayClientId, gatewayScope, downstreamScope } = options
  if (tenant === undefined) throw new CommandFailed('--entra needs --tenant')
  if (audience === undefined) throw new CommandFailed('--entra needs --audience')
  const input = toEntraInput({
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
    groups: options.groups,
  })
  if (isRefused(input)) throw new CommandFailed(`${optionOf(input.refused.field)}${input.refused.says}`)
  return input
}

const CARD_OPTIONS: Readonly<Record<string, string>> = {
  credential: "The gateway's credential ",
  downstreamScope: '--downstream-scope ',
  gatewayScope: '--gateway-scope ',
}

const optionOf = (field: string | undefined): string => (field === undefined ? '' : (CARD_OPTIONS[field] ?? ''))
