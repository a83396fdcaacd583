import type { Command } from 'commander'
import { adminCommand } from './admin-command.ts'
import type { Terminal } from './terminal.ts'

export function consoleCommands(program: Command, terminal: Terminal): void {
  const console = program.command('console').description('sign-in to the console')
  adminCommand(
    console.command('reset-link').description('make a one-time link that sets the password of the operator'),
    terminal,
    async (client) => {
      const answer = await client.send<{ link: string }>('POST', '/console/reset-link')
      return { lines: [answer.link, 'It works once, within a day; an older link no longer does.'], json: answer }
    },
  )
}
