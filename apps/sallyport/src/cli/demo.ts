import path from 'node:path'
import { styleText } from 'node:util'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { startDemo } from '../demo/start-demo.ts'
import type { DemoFile, DemoUser } from '../demo/demo-files.ts'
import { untilStopped } from './until-stopped.ts'
import type { Terminal } from './terminal.ts'

export function demoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('run everything on this machine: an Entra emulator, the gate, and an MCP server behind it')
    .option('--port-base <port>', 'first of six ports', toPort, 8080)
    .option('--data <dir>', 'where the demo keeps its files', '.sallyport')
    .action(async ({ portBase, data }: { portBase: number; data: string }) => {
      const demo = await startDemo(portBase, data)
      welcome(demo.file, data).forEach((line) => terminal.out(line))
      await untilStopped()
      await demo.close()
    })
}

function toPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_530) return port
  throw new InvalidArgumentError('It must be a port from 1 to 65530.')
}

function welcome(file: DemoFile, data: string): string[] {
  const { adminUrl, emulatorUrl, upstreamUrl, mcpUrl, teamspaces } = file
  const title = (text: string) => `  ${styleText('bold', text)}`
  const row = (label: string, value: string, note = '') =>
    `    ${label.padEnd(24)}${value.padEnd(42)}${note === '' ? '' : styleText('dim', note)}`.trimEnd()
  const person = ({ email, password }: DemoUser, note: string) => row(email, password, note)
  return [
    '',
    title(styleText('green', 'Sallyport is ready')),
    '',
    title('MCP server'),
    row('any teamspace', mcpUrl, 'the credential decides'),
    ...teamspaces.map(({ slug, mcpUrl: url }) => row(slug, url)),
    '',
    title('Around it'),
    row('sign-in', emulatorUrl, 'an offline Microsoft Entra'),
    row('admin API', adminUrl),
    row('the server behind', upstreamUrl, 'takes no token but those minted for it'),
    '',
    title('People and their passwords'),
    ...teamspaces.flatMap(({ slug, users, strangers }) => [
      ...users.map((user) => person(user, `member of ${slug}`)),
      ...strangers.slice(0, 1).map((user) => person(user, 'signs in, but is no member')),
    ]),
    '',
    title('Try it'),
    row('a walk through it', `npm run tour${data === '.sallyport' ? '' : ` -- --data ${data}`}`),
    row('your own client', `npx mcp-remote ${mcpUrl}`),
    row('its configuration', JSON.stringify({ mcpServers: { findings: { type: 'http', url: mcpUrl } } })),
    row('who is let in', `npx sallyport member list acme --config ${path.join(data, 'sallyport.yaml')}`),
    '',
    styleText('dim', `  Everything it keeps is in ${data}. Ctrl-C stops it.`),
    '',
  ]
}
