import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { DEMO_PORT_COUNT } from '../demo/demo-ports.ts'
import { welcome } from './demo-welcome.ts'
import { untilStopped } from './until-stopped.ts'
import type { Terminal } from './terminal.ts'

const MAX_PORT = 65_535 - DEMO_PORT_COUNT + 1

export function demoCommand(program: Command, terminal: Terminal): void {
  program
    .command('demo')
    .description('run everything on this machine: issuers of every kind, the gate, and an MCP server behind it')
    .option('--port-base <port>', 'first of six ports', toPort, 8080)
    .option('--data <dir>', 'where the demo keeps its files', '.sallyport')
    .action(async ({ portBase, data }: { portBase: number; data: string }) => {
      // Only now: no other command should load stand-ins for identity providers.
      const { startDemo } = await import('../demo/start-demo.ts')
      const demo = await startDemo(portBase, data)
      welcome(demo.file, data, demo.bootstrapLink).forEach((line) => terminal.out(line))
      await untilStopped()
      await demo.close()
    })
}

function toPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= MAX_PORT) return port
  throw new InvalidArgumentError(`It must be a port from 1 to ${MAX_PORT}.`)
}
