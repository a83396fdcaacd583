import { Option } from 'commander'
import type { Command } from 'commander'
import type { AddedMember } from '../members/add-member.ts'
import { ROLES } from '../members/member.ts'
import type { Member, Role } from '../members/member.ts'
import { adminCommand } from './admin-command.ts'
import type { AdminClient } from './admin-client.ts'
import { memberCsvCommands } from './member-csv.ts'
import { CommandFailed } from './terminal.ts'
import type { Terminal } from './terminal.ts'

interface AddOptions {
  readonly email?: string
  readonly name?: string
  readonly oid?: string
  readonly subject?: string
  readonly serviceAccount?: string
  readonly role?: Role
}

export function memberCommands(program: Command, terminal: Terminal): void {
  const group = program.command('member').description('people of a teamspace')
  memberCsvCommands(group, terminal)

  adminCommand<AddOptions>(
    group
      .command('add <slug>')
      .description('let a person or a workload in')
      .option('--email <email>', 'how people call the person')
      .option('--name <name>', 'what the person is shown as; nothing is decided by it')
      .option('--oid <guid>', 'Object ID of the user in Entra')
      .option('--subject <subject>', 'the person in an OpenID Connect issuer, as its tokens spell it')
      .option('--service-account <namespace/name>', 'a workload of the Kubernetes cluster; may do without --email')
      .addOption(new Option('--role <role>', 'developer, unless set').choices(ROLES)),
    terminal,
    async (client, [slug], { email, name, oid, subject, serviceAccount, role }) => {
      if ([oid, subject, serviceAccount].filter((given) => given !== undefined).length !== 1) {
        throw new CommandFailed('Say who it is by one of --oid, --subject and --service-account')
      }
      const person = { email, displayName: name, objectId: oid, subject, serviceAccount, role }
      const added = await client.send<AddedMember>('POST', membersOf(slug), person)
      const { member, created } = added
      const line = created
        ? `Added ${member.email} to ${slug} as ${member.role}.`
        : `${member.email} is already a member of ${slug}, as ${member.role}.`
      return { lines: [line], json: added }
    },
  )

  adminCommand(group.command('list <slug>').description('list the people'), terminal, async (client, [slug]) => {
    const members = await listAll(client, slug)
    const lines = members.map(({ email, displayName, role, subject, sources }) =>
      [email, role, subject, sources.join(','), ...(displayName === null ? [] : [displayName])].join('\t'),
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
