import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { GroupSyncView, HeldPage, SyncRun, SyncRunsView, SyncTest } from '../admin/group-sync-routes.ts'
import type { AdminClient } from './admin-client.ts'
import { adminCommand } from './admin-command.ts'
import { CommandFailed } from './terminal.ts'
import type { Report, Terminal } from './terminal.ts'

interface SetOptions {
  readonly client: string
  readonly group: string
  readonly transitive?: true
  readonly keep?: true
  readonly schedule: boolean
  readonly role?: string
  readonly includeDisabled?: true
  readonly maxRemoval?: number
}

const POLL_MS = 200

export function groupSyncCommands(program: Command, terminal: Terminal): void {
  const group = program.command('group-sync').description('people from a group of Microsoft Entra')
  settingsCommands(group, terminal)
  runCommands(group, terminal)
}

function settingsCommands(group: Command, terminal: Terminal): void {
  adminCommand<SetOptions>(
    group
      .command('set <slug>')
      .description('choose the group, and how it is synced')
      .requiredOption('--client <id>', 'application (client) ID of the sync app')
      .requiredOption('--group <id>', 'object ID of the group')
      .option('--transitive', 'with the members of groups that are in the group')
      .option('--keep', 'who leaves the group stays a member')
      .option('--no-schedule', 'only when somebody asks for it')
      .addOption(new Option('--role <role>', 'of newcomers: developer, unless set').choices(['developer', 'admin']))
      .option('--include-disabled', 'disabled accounts count as members of the group')
      .option('--max-removal <percent>', 'of the people that may go without confirmation: 50, unless set', toPercent),
    terminal,
    async (client, [slug], options) => {
      const view = await client.send<GroupSyncView>('PUT', syncOf(slug), toSettings(options))
      return { lines: [...sayView(slug, view), `Next: sallyport group-sync test ${slug}`], json: view }
    },
  )

  adminCommand(
    group.command('show <slug>').description('show the settings, the federated credential and the last runs'),
    terminal,
    async (client, [slug]) => {
      const view = await client.send<GroupSyncView>('GET', syncOf(slug))
      const { runs } = await client.send<SyncRunsView>('GET', `${syncOf(slug)}/runs`)
      const lines = [...sayView(slug, view), ...runs.slice(0, 10).map((run) => sayRun(run))]
      return { lines, json: { ...view, runs } }
    },
  )

  adminCommand(
    group.command('test <slug>').description('ask Entra and Graph as a run would; nothing is changed'),
    terminal,
    async (client, [slug]) => {
      const test = await client.send<SyncTest>('POST', `${syncOf(slug)}/test`)
      const failed = test.outcome !== 'ok'
      return { lines: [test.says], json: test, ...(failed && { failure: 'Group sync cannot run yet' }) }
    },
  )

  adminCommand<{ revoke?: true }>(
    group
      .command('remove <slug>')
      .description('end group sync; its people stay members')
      .option('--revoke', 'its people lose access, unless they have it by another source'),
    terminal,
    async (client, [slug], { revoke }) => {
      const query = revoke ? '?revoke=true' : ''
      const { revoked } = await client.send<{ revoked: number }>('DELETE', `${syncOf(slug)}${query}`)
      const people = revoke ? `${revoked} people lost access.` : 'Its people stay members.'
      return { lines: [`Ended group sync of ${slug}. ${people}`], json: { revoked } }
    },
  )
}

function runCommands(group: Command, terminal: Terminal): void {
  adminCommand(
    group.command('run <slug>').description('sync now, and wait for the end'),
    terminal,
    async (client, [slug]) => toEnd(client, slug, await client.send<SyncRun>('POST', `${syncOf(slug)}/runs`)),
  )

  adminCommand(
    group.command('held <slug> <run>').description('whom a held run would take out'),
    terminal,
    async (client, [slug, id = '']) => {
      const held = await listHeld(client, runOf(slug, id))
      const stays = held.total - held.losing
      const lines = [
        ...held.people.map(sayHeld),
        `${held.losing} would lose access, ${stays} stay by another source.`,
        `To let them go: sallyport group-sync confirm ${slug} ${id} --list ${held.list}`,
      ]
      return { lines, json: held }
    },
  )

  adminCommand<{ list: string }>(
    group
      .command('confirm <slug> <run>')
      .description('let a held run take its people out')
      .requiredOption(
        '--list <name>',
        'of the list that `held` showed: when it has changed since, nobody is taken out',
      ),
    terminal,
    async (client, [slug, id = ''], { list }) =>
      toEnd(client, slug, await client.send<SyncRun>('POST', `${runOf(slug, id)}/confirm`, { list })),
  )
}

const runOf = (slug: string | undefined, id: string): string => `${syncOf(slug)}/runs/${encodeURIComponent(id)}`

/** All pages of one list. */
async function listHeld(client: AdminClient, run: string): Promise<HeldPage> {
  const people: HeldPage['people'][number][] = []
  let list: string | undefined
  for (let query = ''; ;) {
    const { next, ...page } = await client.send<HeldPage>('GET', `${run}/held?limit=1000${query}`)
    list ??= page.list
    if (page.list !== list) throw new CommandFailed('The list changed while it was read; try again')
    people.push(...page.people)
    if (next === undefined) return { ...page, people }
    query = `&after=${encodeURIComponent(next)}`
  }
}

const sayHeld = ({ email, displayName, role, losesAccess }: HeldPage['people'][number]): string =>
  [email, displayName ?? '', role, losesAccess ? 'loses access' : 'stays'].join('\t')

const syncOf = (slug = ''): string => `/teamspaces/${encodeURIComponent(slug)}/group-sync`

/** Only what was said: the rest is for the API to default. */
const toSettings = (options: SetOptions) => ({
  clientId: options.client,
  groupId: options.group,
  ...(options.transitive && { members: 'transitive' }),
  ...(options.keep && { revoke: false }),
  schedule: options.schedule,
  role: options.role,
  ...(options.includeDisabled && { skipDisabled: false }),
  maxRemovalPercent: options.maxRemoval,
})

async function toEnd(client: AdminClient, slug: string | undefined, { id }: SyncRun): Promise<Report> {
  for (;;) {
    const { runs } = await client.send<SyncRunsView>('GET', `${syncOf(slug)}/runs`)
    const run = runs.find((known) => known.id === id)
    if (!run) return { lines: [], json: { id }, failure: 'Group sync was removed while it ran' }
    if (run.outcome !== 'running') return reportOf(slug, run)
    await sleep(POLL_MS)
  }
}

function reportOf(slug: string | undefined, run: SyncRun): Report {
  const lines = [sayRun(run)]
  if (run.outcome === 'failed') return { lines, json: run, failure: 'The run failed; nobody else was taken out' }
  if (run.outcome !== 'held') return { lines, json: run }
  const next = `To see whom: sallyport group-sync held ${slug} ${run.id}`
  return { lines: [...lines, next], json: run, failure: `${run.held} people left the group; nobody was taken out` }
}

function sayView(slug: string | undefined, { credential, settings, nextRunAt, heldRunId }: GroupSyncView): string[] {
  const lines = [
    'Federated credential of the sync app:',
    `  issuer    ${credential.issuer}`,
    `  subject   ${credential.subject}`,
    `  audience  ${credential.audience}`,
  ]
  if (!settings) return [...lines, `Group sync is not set up in ${slug}.`]
  const { members, groupId, role, revoke, skipDisabled, maxRemovalPercent } = settings
  lines.push(
    `${members === 'direct' ? 'Direct' : 'All'} members of group ${groupId} become ${role}s, by app ${settings.clientId}.`,
    revoke
      ? `Who leaves loses access; more than ${maxRemovalPercent} % at once wait for confirmation.`
      : 'Who leaves stays a member.',
    skipDisabled ? 'Disabled accounts count as not in the group.' : 'Disabled accounts count like others.',
    nextRunAt === null ? 'It runs on request only.' : `Next run: ${new Date(nextRunAt).toISOString()}`,
  )
  return heldRunId === null ? lines : [...lines, `Waits for confirmation: run ${heldRunId}`]
}

function sayRun({ startedAt, outcome, error, id, ...counts }: SyncRun): string {
  const { members, added, revoked, kept, skipped, held } = counts
  const told = Object.entries({ members, added, revoked, kept, skipped, held })
    .filter(([name, count]) => count > 0 || name === 'members')
    .map(([name, count]) => `${count} ${name}`)
  return [new Date(startedAt).toISOString(), id, outcome, told.join(', '), ...(error ? [error.says] : [])].join('\t')
}

function toPercent(text: string): number {
  const percent = Number(text)
  if (!/^\d{1,3}$/.test(text) || percent > 100) throw new InvalidArgumentError('Not a whole number from 0 to 100.')
  return percent
}
