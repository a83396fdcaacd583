import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { CreatedScimTokenView, ScimTokensView } from '../admin/scim-token-routes.ts'
import type { ScimTokenView } from '../provisioning/scim/manage-scim-tokens.ts'
import { CONNECTION_KINDS } from '../provisioning/scim/membership.ts'
import { adminCommand } from './admin-command.ts'
import type { Terminal } from './terminal.ts'

interface CreateOptions {
  readonly name: string
  readonly connection?: string
  readonly expiresInDays?: number
}

const DAY_MS = 86_400_000

export function scimCommands(program: Command, terminal: Terminal): void {
  const scim = program.command('scim').description('provisioning by identity providers')
  const group = scim.command('token').description('secrets by which they provision a teamspace')

  adminCommand<CreateOptions>(
    group
      .command('create <slug>')
      .description('make a token of the teamspace; it is shown once')
      .requiredOption('--name <name>', 'whose it is, such as "Entra"')
      .addOption(
        new Option('--connection <kind>', 'whose people they are: entra, unless set').choices(CONNECTION_KINDS),
      )
      .option('--expires-in-days <days>', 'for ever, unless set', toDays),
    terminal,
    async (client, [slug], { name, connection, expiresInDays }) => {
      const expires_at =
        expiresInDays === undefined ? undefined : new Date(terminal.now() + expiresInDays * DAY_MS).toISOString()
      const created = await client.send<CreatedScimTokenView>('POST', tokensOf(slug), { name, connection, expires_at })
      const lines = [
        created.token,
        `This is the SCIM token "${created.name}" (${created.id}). Keep it now: it will not be shown again.`,
        'The tenant URL is the address of the admin listener, as the identity provider reaches it, and /scim/v2.',
      ]
      return { lines, json: created }
    },
  )

  adminCommand(
    group.command('list <slug>').description('list the tokens, those that ended included'),
    terminal,
    async (client, [slug]) => {
      const { tokens } = await client.send<ScimTokensView>('GET', tokensOf(slug))
      const lines = tokens.map((token) =>
        [token.id, `${token.prefix}…`, token.name, token.connection, stateOf(token)].join('\t'),
      )
      return { lines: lines.length > 0 ? lines : [`${slug} has no SCIM tokens yet.`], json: tokens }
    },
  )

  adminCommand(
    group.command('revoke <slug> <id>').description('end a token at once and for ever'),
    terminal,
    async (client, [slug, id = '']) => {
      await client.send('DELETE', `${tokensOf(slug)}/${encodeURIComponent(id)}`)
      return { lines: [`Revoked SCIM token ${id} of ${slug}.`], json: { id, revoked: true } }
    },
  )
}

const tokensOf = (slug = ''): string => `/teamspaces/${encodeURIComponent(slug)}/scim-tokens`

function stateOf({ revoked_at, usable, expires_at, last_used_at }: ScimTokenView): string {
  if (revoked_at !== null) return 'revoked'
  if (!usable) return 'ended'
  const used = last_used_at === null ? 'never used' : `last used ${last_used_at}`
  return expires_at === null ? used : `${used}, until ${expires_at}`
}

function toDays(text: string): number {
  const days = Number(text)
  if (text.trim() === '' || !(days > 0 && days < 36_500)) throw new InvalidArgumentError('Not a number of days.')
  return days
}
