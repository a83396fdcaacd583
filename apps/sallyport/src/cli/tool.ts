import type { Command } from 'commander'
import type { KnownServer } from '../tools/list-known-tools.ts'
import { adminCommand } from './admin-command.ts'
import type { Terminal } from './terminal.ts'

export function toolCommands(program: Command, terminal: Terminal): void {
  const group = program.command('tool').description('tools that servers were heard to offer')

  adminCommand(
    group.command('list <slug>').description('list the tools that a teamspace has been shown, with their classes'),
    terminal,
    async (client, [slug = '']) => {
      const { servers } = await client.send<{ servers: KnownServer[] }>(
        'GET',
        `/teamspaces/${encodeURIComponent(slug)}/tools`,
      )
      const lines = servers.flatMap(({ server, tools }) =>
        tools.map((tool) => [server, tool.name, tool.class, tool.title ?? ''].join('\t').trimEnd()),
      )
      const none = `No tools are known yet: they are learnt when somebody of ${slug} asks a server for its list.`
      return { lines: lines.length > 0 ? lines : [none], json: servers }
    },
  )
}
