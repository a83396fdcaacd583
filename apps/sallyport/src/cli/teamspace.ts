import type { Command } from 'commander'
import type { Teamspace } from '../teamspaces/teamspace.ts'
import { adminCommand } from './admin-command.ts'
import { listTeamspaces } from './list-teamspaces.ts'
import type { Terminal } from './terminal.ts'

export function teamspaceCommands(program: Command, terminal: Terminal): void {
  const group = program.command('teamspace').description('customers and teams')

  adminCommand<{ name?: string }>(
    group.command('create <slug>').description('create a teamspace').option('--name <name>', 'what people call it'),
    terminal,
    async (client, [slug], { name }) => {
      const created = await client.send<Teamspace>('POST', '/teamspaces', { slug, name })
      return { lines: [`Created teamspace ${created.slug} (${created.name}).`], json: created }
    },
  )

  adminCommand(group.command('list').description('list all teamspaces'), terminal, async (client) => {
    const teamspaces = await listTeamspaces(client)
    const lines = teamspaces.map(({ slug, name }) => `${slug}\t${name}`)
    return { lines: lines.length > 0 ? lines : ['There are no teamspaces yet.'], json: teamspaces }
  })

  adminCommand(
    group.command('remove <slug>').description('remove a teamspace with all it owns'),
    terminal,
    async (client, [slug]) => {
      const removed = await client.send<Teamspace>('DELETE', `/teamspaces/${encodeURIComponent(slug!)}`)
      return { lines: [`Removed teamspace ${removed.slug}, its connection and its members.`], json: removed }
    },
  )
}
