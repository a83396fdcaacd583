import { Option } from 'commander'
import type { Command } from 'commander'
import type { AddedMember } from '../members/add-member.ts'
import { ROLES } from '../members/member.ts'
import type { Member, Role } from '../members/member.ts'
import { adminCommand } from './admin-command.ts'
import type { AdminClient } from './admin-client.ts'
import type { Terminal } from './terminal.ts'

export function memberCommands(program: Command, terminal: Terminal): void {
  const group = program.command('member').description('People of a teamspace')

  adminCommand<{ email: string; oid: string; role?: Role }>(
    group
      .command('add <slug>')
      .description('let a person in')
      .requiredOption('--email <email>', 'how people call the person')
      .requiredOption('--oid <guid>', 'Object ID of the user in Entra')
      .addOption(new Option('--role <role>', 'developer, unless set').choices(ROLES)),
    terminal,
    async (client, [slug], { email, oid, role }) => {
      const added = await client.send<AddedMember>('POST', membersOf(slug), { email, objectId: oid, role })
      const { member, created } = added
      const line = created
        ? `Added ${member.email} to ${slug} as ${member.role}.`
        : `${member.email} is already a member of ${slug}, as ${member.role}.`
      return { lines: [line], json: added }
    },
  )

  adminCommand(group.command('list <slug>').description('list the people'), terminal, async (client, [slug]) => {
    const members = await listAll(client, slug)
    const lines = members.map(({ email, role, subject, sources }) =>
      [email, role, subject, sources.join(',')].join('\t'),
    )
    return { lines: lines.length > 0 ? lines : [`${slug} has no members yet.`], json: members }
  })

  adminCommand(
    group.command('remove <slug> <email-or-id>').description('take away the access of a person'),
    terminal,
    async (client, [slug, name = '']) => {
      const path = name.includes('@') ? `?email=${encodeURIComponent(name)}` : `/${encodeURIComponent(name)}`
      const removed = await client.send<Member>('DELETE', `${membersOf(slug)}${path}`)
      return { lines: [`Removed ${removed.email} from ${slug}.`], json: removed }
    },
  )
}

const membersOf = (slug = ''): string => `/teamspaces/${encodeURIComponent(slug)}/members`

async function listAll(client: AdminClient, slug: string | undefined): Promise<Member[]> {
  const all: Member[] = []
  for (let query = ''; ;) {
    const page = await client.send<{ members: Member[]; next?: string }>('GET', `${membersOf(slug)}${query}`)
    all.push(...page.members)
    if (page.next === undefined) return all
    query = `?after=${encodeURIComponent(page.next)}`
  }
}
