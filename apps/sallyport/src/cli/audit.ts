import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { EXPORT_FORMATS } from '../audit/export-rows.ts'
import { withAdminClient } from './admin-client.ts'
import { adminCommand } from './admin-command.ts'
import { writeStream } from './write-stream.ts'
import { CommandFailed } from './terminal.ts'
import type { Terminal } from './terminal.ts'
import { sayVerified, verifyChains } from './verify-chains.ts'
import type { ExpectedHead } from './verify-chains.ts'

interface VerifyOptions {
  readonly teamspace?: string
  readonly expect?: readonly ExpectedHead[]
}

interface ExportOptions {
  readonly config: string
  readonly teamspace?: string
  readonly all?: true
  readonly format: string
  readonly since?: string
  readonly until?: string
  readonly out?: string
}

export function auditCommands(program: Command, terminal: Terminal): void {
  const group = program.command('audit').description('the audit trail')

  adminCommand<VerifyOptions>(
    group
      .command('verify')
      .description('check that no row was altered, removed or moved')
      .option('--teamspace <slug>', 'only this one; all chains unless set')
      .option('--expect <slug=seq:hash>', 'a head that was noted elsewhere; may be repeated', toExpected),
    terminal,
    async (client, _args, { teamspace, expect = [] }) => {
      const chains = await verifyChains(client, { teamspace, expect })
      const failure = chains.every(({ isWhole }) => isWhole)
        ? {}
        : { failure: 'The audit trail is not as it was written' }
      return { lines: chains.flatMap(sayVerified), json: chains, ...failure }
    },
  )

  const exporting = group
    .command('export')
    .description('write the audit trail as lines, for programs')
    .option('--config <file>', 'configuration file', './sallyport.yaml')
    .option('--teamspace <slug>', 'only this one')
    .option('--all', 'all chains, removed teamspaces included')
    .addOption(new Option('--format <format>', 'JSON Lines or ArcSight CEF').choices(EXPORT_FORMATS).default('jsonl'))
    .option('--since <time>', 'from this time on, such as 2026-11-21T08:00:00Z')
    .option('--until <time>', 'up to this time')
    .option('--out <file>', 'a new file; standard output, unless set')
  exporting.action(async () => {
    const { config, teamspace, all, format, since, until, out } = exporting.opts<ExportOptions>()
    if ((teamspace !== undefined) === (all === true)) throw new CommandFailed('Say either --teamspace or --all')
    const given = Object.entries({ teamspace, all: all && 'true', format, since, until })
    const query = new URLSearchParams(
      given.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])),
    )
    await withAdminClient(terminal, config, async (client) =>
      writeStream(await client.download(`/audit/export?${query}`), { out, terminal }),
    )
  })
}

function toExpected(text: string, before: readonly ExpectedHead[] = []): ExpectedHead[] {
  const [, chain, seq, hash] = /^([0-9A-Za-z-]{1,64})=(\d{1,15}):([\w.-]{1,64})$/.exec(text) ?? []
  if (chain === undefined) throw new InvalidArgumentError('Write it as SLUG=SEQ:HASH, as `audit verify` prints it.')
  return [...before, { chain, seq: Number(seq), hash: hash! }]
}
