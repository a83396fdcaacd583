import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import type { McpTokenPageView, MintedTokenView } from '../admin/mcp-token-answers.ts'
import type { Config } from '../config/config.ts'
import { ROLES } from '../members/member.ts'
import type { Role } from '../members/member.ts'
import type { McpTokenView } from '../tokens/mcp-token-view.ts'
import { adminCommand } from './admin-command.ts'
import type { CommonOptions } from './admin-command.ts'
import type { AdminClient } from './admin-client.ts'
import type { Terminal } from './terminal.ts'

interface MintOptions extends CommonOptions {
  readonly name: string
  readonly role?: Role
  readonly expiresInDays?: number
  readonly scope?: readonly string[]
}

interface RotateOptions extends CommonOptions {
  readonly graceHours?: number
}

export function tokenCommands(program: Command, terminal: Terminal): void {
  const group = program.command('token').description('MCP tokens, for clients that cannot sign in')
  mintCommand(group, terminal)
  listCommand(group, terminal)
  revokeCommand(group, terminal)
  rotateCommand(group, terminal)
}

function mintCommand(group: Command, terminal: Terminal): void {
  adminCommand<MintOptions>(
    group
      .command('mint <slug>')
      .description('make a token of the teamspace; it is shown once')
      .requiredOption('--name <name>', 'what it is for, such as "Claude Desktop of Ada"')
      .addOption(new Option('--role <role>', 'developer, unless set').choices(ROLES))
      .option('--expires-in-days <days>', 'for ever, unless set', toNumber)
      .option(
        '--scope <scope>',
        'what it may call, given once for each: read, tool:NAME, server:NAME …; all tools, unless set',
        collect,
      ),
    terminal,
    async (client, [slug], { name, role, expiresInDays, scope: tool_scopes, config }) => {
      const expires_in_seconds = expiresInDays === undefined ? undefined : Math.round(expiresInDays * 86_400)
      const asked = { name, role, expires_in_seconds, tool_scopes }
      const minted = await client.send<MintedTokenView>('POST', tokensOf(slug), asked)
      const { servers, publicUrl } = await terminal.loadConfig(config, terminal.env)
      const lines = [...shownOnce(minted), '', ...toSnippet(minted.token, { servers, publicUrl })]
      return { lines, json: minted }
    },
  )
}

function listCommand(group: Command, terminal: Terminal): void {
  adminCommand(
    group.command('list <slug>').description('list the tokens, those that ended included'),
    terminal,
    async (client, [slug]) => {
      const tokens = await listAll(client, slug)
      const lines = tokens.map((token) =>
        [
          token.id,
          `${token.prefix}…`,
          token.name,
          token.role,
          scopesOf(token),
          stateOf(token),
          `by ${token.created_by}`,
        ].join('\t'),
      )
      return { lines: lines.length > 0 ? lines : [`${slug} has no MCP tokens yet.`], json: tokens }
    },
  )
}

function revokeCommand(group: Command, terminal: Terminal): void {
  adminCommand(
    group.command('revoke <slug> <id>').description('end a token at once and for ever'),
    terminal,
    async (client, [slug, id = '']) => {
      await client.send('DELETE', `${tokensOf(slug)}/${encodeURIComponent(id)}`)
      return { lines: [`Revoked MCP token ${id} of ${slug}.`], json: { id, revoked: true } }
    },
  )
}

function rotateCommand(group: Command, terminal: Terminal): void {
  adminCommand<RotateOptions>(
    group
      .command('rotate <slug> <id>')
      .description('make the successor of a token, which stays valid for a while')
      .option('--grace-hours <hours>', '24, unless set; 0 ends it at once', toNumber),
    terminal,
    async (client, [slug, id = ''], { graceHours }) => {
      const grace_seconds = graceHours === undefined ? undefined : Math.round(graceHours * 3600)
      const path = `${tokensOf(slug)}/${encodeURIComponent(id)}/rotate`
      const minted = await client.send<MintedTokenView>('POST', path, { grace_seconds })
      const until = graceHours === 0 ? 'ended.' : `is valid for ${graceHours ?? 24} more hours.`
      return { lines: [...shownOnce(minted), `The token before ${until}`], json: minted }
    },
  )
}

const tokensOf = (slug = ''): string => `/teamspaces/${encodeURIComponent(slug)}/mcp-tokens`

const collect = (scope: string, before: readonly string[] = []): readonly string[] => [...before, scope]

const scopesOf = ({ tool_scopes }: McpTokenView): string => tool_scopes?.join(' ') ?? 'all tools'

function toNumber(text: string): number {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number) || number < 0) throw new InvalidArgumentError('Not a number.')
  return number
}

const shownOnce = ({ token, name, id }: MintedTokenView): string[] => [
  token,
  `This is the MCP token "${name}" (${id}). Keep it now: it will not be shown again.`,
]

function stateOf({ revoked, usable, expires_soon, expires_at, grace_until, last_used_at }: McpTokenView): string {
  if (revoked) return 'revoked'
  if (!usable) return 'ended'
  const end = grace_until ?? expires_at
  const used = last_used_at === null ? 'never used' : `last used ${last_used_at}`
  return end === null ? used : `${used}, ${expires_soon ? 'ends soon: ' : 'until '}${end}`
}

/** What most MCP clients take as their configuration, for the servers that take tokens. */
function toSnippet(token: string, { servers, publicUrl }: Pick<Config, 'servers' | 'publicUrl'>): string[] {
  const taking = servers.filter(({ auth }) => auth.mode === 'credential' && auth.accept.has('token'))
  if (taking.length === 0) return ['No server takes MCP tokens yet: add Token to its auth in sallyport.yaml.']
  const headers = { Authorization: `Bearer ${token}` }
  const mcpServers = Object.fromEntries(
    taking.map(({ name, path }) => [name, { type: 'http', url: `${publicUrl}${path}`, headers }]),
  )
  return ['For the configuration of an MCP client:', ...JSON.stringify({ mcpServers }, undefined, 2).split('\n')]
}

async function listAll(client: AdminClient, slug: string | undefined): Promise<McpTokenView[]> {
  const all: McpTokenView[] = []
  for (let query = ''; ;) {
    const page = await client.send<McpTokenPageView>('GET', `${tokensOf(slug)}${query}`)
    all.push(...page.tokens)
    if (page.next === undefined) return all
    query = `?after=${encodeURIComponent(page.next)}`
  }
}
