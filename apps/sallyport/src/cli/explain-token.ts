import { ENTRA_CLOUDS } from '@sallyport/verifier'
import type { Command } from 'commander'
import type { McpTokenPageView } from '../admin/mcp-token-answers.ts'
import type { ConnectionView } from '../connections/connection-view.ts'
import { explainJwt } from '../connections/explain-token.ts'
import type { NamedConnection, TokenExplanation } from '../connections/explain-token.ts'
import { readToken } from '../connections/read-token.ts'
import type { TokenLine } from '../connections/token-lines.ts'
import type { AdminClient } from './admin-client.ts'
import { adminCommand } from './admin-command.ts'
import type { CommonOptions } from './admin-command.ts'
import { listTeamspaces } from './list-teamspaces.ts'
import { CommandFailed } from './terminal.ts'
import type { Report, Terminal } from './terminal.ts'

const ON_COMMAND_LINE =
  'A token on the command line is seen by every process of this machine, and stays in the history of the shell: give it on standard input'

export function explainTokenCommand(program: Command, terminal: Terminal): void {
  adminCommand<CommonOptions>(
    program
      .command('explain-token [token]')
      .description(
        'compare a token with the connection that would judge it; read from standard input, and sent nowhere',
      ),
    terminal,
    async (client, [given = '-'], { config: file }) => {
      if (given !== '-') terminal.err(ON_COMMAND_LINE)
      const token = readToken(given === '-' ? await readInput(terminal) : given)
      if (token.kind === 'unreadable') throw new CommandFailed(token.says)
      if (token.kind === 'mcp_token') return toMcpReport(await findByPrefix(client, token.prefix), token.prefix)
      const { clouds, clockToleranceSeconds } = await terminal.loadConfig(file, terminal.env)
      const explanation = explainJwt(token.header, token.payload, {
        connections: await listConnections(client),
        clouds: { ...ENTRA_CLOUDS, ...clouds },
        nowSeconds: terminal.now() / 1000,
        toleranceSeconds: clockToleranceSeconds,
      })
      return toReport(explanation)
    },
  )
}

async function readInput({ readInput: read }: Terminal): Promise<string> {
  if (!read) throw new CommandFailed('There is no standard input')
  return read()
}

async function listConnections(client: AdminClient): Promise<NamedConnection[]> {
  const all: NamedConnection[] = []
  for (const { slug } of await listTeamspaces(client)) {
    const { connections } = await client.send<{ connections: ConnectionView[] }>(
      'GET',
      `/teamspaces/${slug}/connections`,
    )
    all.push(...connections.map((connection) => ({ teamspace: slug, connection })))
  }
  return all
}

interface KnownToken {
  readonly teamspace: string
  readonly id: string
  readonly name: string
  readonly usable: boolean
}

/** By the few characters that lists show: the token itself is not sent, nor its hash. */
async function findByPrefix(client: AdminClient, prefix: string): Promise<KnownToken[]> {
  const known: KnownToken[] = []
  for (const { slug } of await listTeamspaces(client)) {
    for (let query = ''; ;) {
      const page = await client.send<McpTokenPageView>('GET', `/teamspaces/${slug}/mcp-tokens${query}`)
      const found = page.tokens.filter((token) => token.prefix === prefix)
      known.push(...found.map(({ id, name, usable }) => ({ teamspace: slug, id, name, usable })))
      if (page.next === undefined) break
      query = `?after=${encodeURIComponent(page.next)}`
    }
  }
  return known
}

function toMcpReport(known: readonly KnownToken[], prefix: string): Report {
  const lines = known.map(
    ({ teamspace, id, name, usable }) =>
      `It begins like "${name}" (${id}) of ${teamspace}, which ${usable ? 'may be used' : 'was revoked or has ended'}.`,
  )
  const json = { kind: 'mcp_token', prefix, known }
  const says = 'This is an MCP token. It is opaque: nothing can be read from it.'
  if (known.some(({ usable }) => usable)) return { lines: [says, ...lines], json }
  return {
    lines: [says, ...(lines.length > 0 ? lines : ['No teamspace has one that begins like it.'])],
    json,
    failure: 'The token would be refused',
  }
}

function toReport(explanation: TokenExplanation): Report {
  const lines = [
    explanation.says,
    '',
    ...explanation.lines.flatMap(sayLine),
    '',
    'The signature was not checked, and the token was sent nowhere.',
  ]
  return { lines, json: explanation, ...(!explanation.isAccepted && { failure: 'The token would be refused' }) }
}

const VERDICTS = { ok: 'ok', wrong: 'WRONG', note: '-' } as const
const INDENT = ' '.repeat(13)

function sayLine({ name, value, verdict, expected, change }: TokenLine): string[] {
  const line = `${VERDICTS[verdict].padEnd(6)}${name.padEnd(7)}${value}`
  return [
    line,
    ...(expected !== undefined && expected !== '' ? [`${INDENT}expected ${expected}`] : []),
    ...(change !== undefined ? [`${INDENT}${change}`] : []),
  ]
}
