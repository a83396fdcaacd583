import { CommanderError } from 'commander'
import type { Command } from 'commander'
import { createProgram } from './program.ts'
import { CommandFailed, printable } from './terminal.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line, without the program's own name. Answers the exit code. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const program = withoutExit(createProgram(terminal), terminal)
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode // it has said why
    // The message only: a stack would bury it, and the cause of a fault may hold more than should be shown.
    terminal.err(printable(`sallyport: ${error instanceof Error ? error.message : String(error)}`))
    return error instanceof CommandFailed ? error.exitCode : 1
  }
}

/** Commander ends the process and writes to it by itself; here both go through the terminal. */
function withoutExit(command: Command, terminal: Terminal): Command {
  const write = (line: (text: string) => void) => (text: string) => line(text.trimEnd())
  command.exitOverride().configureOutput({ writeOut: write(terminal.out), writeErr: write(terminal.err) })
  command.commands.forEach((subcommand) => withoutExit(subcommand, terminal))
  return command
}
