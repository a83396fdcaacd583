import type { Command } from 'commander'
import { withAdminClient } from './admin-client.ts'
import type { AdminClient } from './admin-client.ts'
import { print } from './terminal.ts'
import type { Report, Terminal } from './terminal.ts'

export interface CommonOptions {
  readonly config: string
  readonly json?: true
}

export const withCommonOptions = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration file', './sallyport.yaml')
    .option('--json', 'print JSON for programs')

/** Completes a command that asks the admin API and reports. Its arguments come as strings, its options as one object. */
export function adminCommand<Options>(
  command: Command,
  terminal: Terminal,
  run: (client: AdminClient, args: readonly string[], options: Options) => Promise<Report>,
): void {
  withCommonOptions(command).action(async () => {
    const options = command.opts<Options & CommonOptions>()
    const report = await withAdminClient(terminal, options.config, (client) => run(client, command.args, options))
    print(terminal, report, options.json === true)
  })
}
