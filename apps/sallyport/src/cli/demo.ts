import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { startDemo } from '../demo/start-demo.ts'
import type { DemoFile } from '../demo/demo-files.ts'
import { untilStopped } from './until-stopped.ts'
import type { Terminal } from './terminal.ts'

export function demoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('run everything on this machine: an Entra emulator, the gate, and an MCP server behind it')
    .option('--port-base <port>', 'first of four ports', toPort, 8080)
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
  if (Number.isInteger(port) && port >= 1 && port <= 65_532) return port
  throw new InvalidArgumentError('It must be a port from 1 to 65532.')
}

function welcome(file: DemoFile, data: string): string[] {
  const { adminUrl, emulatorUrl, upstreamUrl, mcpUrl, teamspaces } = file
  const people = teamspaces.flatMap(({ slug, users, strangers }) => [
    ...users.map(({ email, password }) => `    ${email.padEnd(22)} ${password.padEnd(18)} member of ${slug}`),
    ...strangers
      .slice(0, 1)
      .map(({ email, password }) => `    ${email.padEnd(22)} ${password.padEnd(18)} no member: refused`),
  ])
  const tourData = data === '.sallyport' ? '' : ` -- --data ${data}`
  return [
    '',
    '  Sallyport is ready',
    '',
    `  MCP server     ${mcpUrl}`,
    ...teamspaces.map(({ slug, mcpUrl: url }) => `    ${slug.padEnd(12)} ${url}`),
    `  admin API      ${adminUrl}`,
    `  sign-in        ${emulatorUrl}   (an emulator of Microsoft Entra)`,
    `  behind it all  ${upstreamUrl}`,
    '',
    '  People',
    ...people,
    '',
    '  See it work    npm run tour' + tourData,
    '  Your client    ' + JSON.stringify({ mcpServers: { findings: { type: 'http', url: mcpUrl } } }),
    `                 then sign in as ${teamspaces[0]!.users[0]!.email}`,
    '',
    `  Everything it keeps is in ${data}; Ctrl-C stops it.`,
  ]
}
