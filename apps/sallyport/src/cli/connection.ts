import type { Command } from 'commander'
import type { ConnectionView } from '../connections/connection-view.ts'
import type { ConnectionTest, LastTest } from '../connections/test-connection.ts'
import type { AdminClient } from './admin-client.ts'
import { adminCommand } from './admin-command.ts'
import { describeConnection, headingOf } from './connection-describe.ts'
import { connectionSetCommand } from './connection-set.ts'
import { CommandFailed } from './terminal.ts'
import type { Terminal } from './terminal.ts'

interface KindOptions {
  readonly kind?: string
}

export function connectionCommands(program: Command, terminal: Terminal): void {
  const group = program.command('connection').description("how a teamspace's people prove themselves")
  const withKind = (command: Command) =>
    command.option('--kind <kind>', 'entra, oidc or kubernetes; needed where the teamspace has several')

  connectionSetCommand(group, terminal)

  adminCommand<KindOptions>(
    withKind(group.command('show <slug>').description('show them, without secrets')),
    terminal,
    async (client, [slug], { kind }) => {
      const all = await listConnections(client, slug)
      const shown = kind === undefined && all.length > 0 ? all : [choose(all, kind)]
      const lines = shown.flatMap((view) => [headingOf(slug!, view), ...describeConnection(view), ...sayLastTest(view)])
      return { lines, json: shown }
    },
  )

  adminCommand<KindOptions>(
    withKind(group.command('test <slug>').description('ask the identity provider about it')),
    terminal,
    async (client, [slug], { kind }) => {
      const view = choose(await listConnections(client, slug), kind)
      const result = await client.send<ConnectionTest>('POST', `${connectionOf(slug, view.kind)}/test`)
      if (result.outcome !== 'ok') return { lines: [], json: result, failure: sayFailure(result) }
      return { lines: saySuccess(result), json: result }
    },
  )

  adminCommand<KindOptions>(
    withKind(group.command('remove <slug>').description('remove it, with all people it let in')),
    terminal,
    async (client, [slug], { kind }) => {
      const view = choose(await listConnections(client, slug), kind)
      const removed = await client.send<{ removedMembers: number }>('DELETE', connectionOf(slug, view.kind))
      const line = `Removed the ${view.kind} connection of ${slug}; members removed with it: ${removed.removedMembers}.`
      return { lines: [line], json: removed }
    },
  )
}

const connectionsOf = (slug = ''): string => `/teamspaces/${encodeURIComponent(slug)}/connections`
export const connectionOf = (slug: string | undefined, kind: string): string => `${connectionsOf(slug)}/${kind}`

type Shown = ConnectionView & { readonly lastTest?: LastTest }

async function listConnections(client: AdminClient, slug: string | undefined): Promise<readonly Shown[]> {
  return (await client.send<{ connections: Shown[] }>('GET', connectionsOf(slug))).connections
}

/** The connection that is meant: of the kind that was said, or the only one. */
function choose(all: readonly Shown[], kind: string | undefined): Shown {
  const candidates = kind === undefined ? all : all.filter((view) => view.kind === kind)
  const [only, ...others] = candidates
  if (!only) throw new CommandFailed(`This teamspace has no${kind === undefined ? '' : ` ${kind}`} connection`)
  if (others.length === 0) return only
  throw new CommandFailed(
    `This teamspace has several connections: say --kind ${all.map((view) => view.kind).join(' or ')}`,
  )
}

const ANSWERS = { oidc: 'the issuer publishes its keys', tokenreview: 'the API server reviews tokens for us' }

function saySuccess(result: Extract<ConnectionTest, { outcome: 'ok' }>): string[] {
  if ('cluster' in result) {
    return [`ok: cluster ${result.cluster}: ${result.asked.map((whom) => ANSWERS[whom]).join(', and ')}.`]
  }
  const able = result.algorithms ? ` for ${result.algorithms.join(', ')}` : ''
  const { advice = [], warnings = [] } = result
  const line = `ok: ${result.issuer} answers and publishes ${result.keyCount} keys${able}.`
  return [line, ...advice, ...warnings.map((warning) => `Note: groups cannot be read: ${warning}`)]
}

function sayLastTest({ lastTest }: Shown): string[] {
  if (!lastTest) return []
  const { at, by, isStale, result } = lastTest
  const since = isStale ? '; the connection was changed since' : ''
  return [`Last tested ${new Date(at).toISOString()} by ${by}: ${result.outcome}${since}.`]
}

function sayFailure(result: Exclude<ConnectionTest, { outcome: 'ok' }>): string {
  const says =
    result.outcome === 'issuer_mismatch'
      ? `expected ${result.expected}, the issuer says ${result.presented}`
      : result.says
  return `${result.outcome}: ${says}`
}
