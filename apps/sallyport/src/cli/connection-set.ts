import { Command, Option } from 'commander'
import type { ConnectionView } from '../connections/connection-view.ts'
import { adminCommand } from './admin-command.ts'
import { describeConnection } from './connection-describe.ts'
import { ENTRA_OPTIONS } from './connection-entra.ts'
import { KUBERNETES_OPTIONS } from './connection-kubernetes.ts'
import type { KindOptions } from './connection-options.ts'
import { OIDC_OPTIONS } from './connection-oidc.ts'
import { CommandFailed } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const KINDS: readonly KindOptions[] = [ENTRA_OPTIONS, OIDC_OPTIONS, KUBERNETES_OPTIONS]

interface SetOptions extends Readonly<Record<string, unknown>> {
  readonly confirmOrphans?: true
  readonly jitClaim?: string
  readonly jitValue?: string[]
  readonly jitRole?: string
  readonly jitAnybody?: true
}

export function connectionSetCommand(group: Command, terminal: Terminal): void {
  const command = group.command('set <slug>').description('set or replace the connection of one kind')
  for (const kind of KINDS) kind.addTo(command)
  adminCommand<SetOptions>(withSharedOptions(command), terminal, async (client, [slug = ''], options) => {
    const { kind, toInput } = choose(options)
    const jit = jitOf(options)
    const input = { ...(await toInput(options as never)), ...(jit && { jit }) }
    const query = options.confirmOrphans ? '?confirmOrphans=true' : ''
    const path = `/teamspaces/${encodeURIComponent(slug)}/connections/${kind}${query}`
    const view = await client.send<ConnectionView & { warnings?: readonly string[] }>('PUT', path, input)
    const warnings = (view.warnings ?? []).map((warning) => `Note: ${warning}`)
    return { lines: [`Set the connection of ${slug}.`, ...describeConnection(view), ...warnings], json: view }
  })
}

const withSharedOptions = (command: Command): Command =>
  command
    .option('--audience <audience>', 'what the tokens are for: of Entra, the client ID of the API')
    .option('--scope <name>', 'scope that the token must have, such as mcp.access')
    .option('--allowed-client <client...>', 'only these clients (azp); any of the issuer, unless set')
    .option('--jit-claim <claim>', 'make a member of whoever has one of --jit-value in this claim')
    .option('--jit-value <value...>', 'values of the claim')
    .option('--jit-anybody', 'make a member of everybody whose token is accepted')
    .addOption(new Option('--jit-role <role>', 'developer, unless set').choices(['admin', 'developer']))
    .option('--confirm-orphans', 'change it though present members lose access')

/** The kind whose flag was given. Options of another kind would have no effect, which nobody intends. */
function choose(options: SetOptions): KindOptions {
  const [chosen, ...others] = KINDS.filter(({ kind }) => options[kind] === true)
  if (!chosen || others.length > 0) {
    throw new CommandFailed(`Say which kind of connection: ${KINDS.map(({ kind }) => `--${kind}`).join(' or ')}`)
  }
  for (const { kind, addTo } of KINDS) {
    if (kind === chosen.kind) continue
    const foreign = addTo(new Command()).options.find((option) => options[option.attributeName()] !== undefined)
    if (foreign) throw new CommandFailed(`${foreign.long} has no meaning with --${chosen.kind}`)
  }
  return chosen
}

function jitOf({ jitClaim, jitValue, jitRole, jitAnybody }: SetOptions): object | undefined {
  if (jitClaim !== undefined && jitAnybody) throw new CommandFailed('--jit-claim and --jit-anybody exclude each other')
  if (jitClaim === undefined && !jitAnybody) {
    if (jitValue ?? jitRole) throw new CommandFailed('--jit-value and --jit-role need --jit-claim or --jit-anybody')
    return undefined
  }
  return { claim: jitClaim ?? null, ...(jitValue && { values: jitValue }), ...(jitRole && { role: jitRole }) }
}
