import { Command } from 'commander'
import { apimCommands } from './apim.ts'
import { auditCommands } from './audit.ts'
import { connectionCommands } from './connection.ts'
import { consoleCommands } from './console.ts'
import { demoCommand } from './demo.ts'
import { explainCommand } from './explain.ts'
import { explainTokenCommand } from './explain-token.ts'
import { groupSyncCommands } from './group-sync.ts'
import { initCommand } from './init.ts'
import { memberCommands } from './member.ts'
import { migrateCommand } from './migrate.ts'
import { policyCommands } from './policy.ts'
import { scimCommands } from './scim.ts'
import { serveCommand } from './serve.ts'
import { teamspaceCommands } from './teamspace.ts'
import { tokenCommands } from './token.ts'
import { toolCommands } from './tool.ts'
import { tourCommand } from './tour.ts'
import type { Terminal } from './terminal.ts'

type Registration = (program: Command, terminal: Terminal) => void

/** In the order of the help page; one file each. */
const COMMANDS: readonly Registration[] = [
  initCommand,
  migrateCommand,
  teamspaceCommands,
  connectionCommands,
  memberCommands,
  tokenCommands,
  scimCommands,
  groupSyncCommands,
  policyCommands,
  auditCommands,
  explainCommand,
  explainTokenCommand,
  toolCommands,
  consoleCommands,
  serveCommand,
  demoCommand,
  tourCommand,
  apimCommands,
]

export function createProgram(terminal: Terminal): Command {
  const program = new Command('sallyport').description('An authentication and authorization gateway for MCP servers')
  program.configureHelp({ minWidthToWrap: 20 }) // beside the longest options, too: 80 columns are what there is
  COMMANDS.forEach((register) => register(program, terminal))
  return program
}
