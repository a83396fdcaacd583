import { McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { SEVERITIES } from './store/finding.ts'
import { statsOf } from './store/stats.ts'
import { registerAcknowledgeFinding } from './tools/acknowledge-finding.ts'
import type { CallOf } from './tools/call.ts'
import { registerReadFindings } from './tools/read-findings.ts'
import { registerRescan } from './tools/rescan.ts'
import { registerWhoami } from './tools/whoami.ts'

const triageArguments = z.object({ severity: z.enum(SEVERITIES).default('critical') })

/** What this server offers. The only way from here to a database is `callOf`, which knows the caller's teamspace. */
export function createFindingsServer(callOf: CallOf): McpServer {
  const mcpServer = new McpServer(
    { name: 'findings', title: 'Security findings', version: '0.1.0' },
    { instructions: 'Security findings of your teamspace. All of them are made up; ids start with SAMPLE.' },
  )
  registerWhoami(mcpServer, callOf)
  registerReadFindings(mcpServer, callOf)
  registerAcknowledgeFinding(mcpServer, callOf)
  registerRescan(mcpServer, callOf)
  registerResources(mcpServer, callOf)
  registerTriage(mcpServer)
  return mcpServer
}

function registerResources(mcpServer: McpServer, callOf: CallOf) {
  const mimeType = 'application/json'
  const contents = (uri: URL, value: object) => ({
    contents: [{ uri: uri.href, mimeType, text: JSON.stringify(value) }],
  })

  mcpServer.registerResource(
    'summary',
    'findings://summary',
    { title: 'Summary', description: 'How many findings there are', mimeType },
    (uri, context) => contents(uri, statsOf(callOf(context).findings)),
  )
  mcpServer.registerResource(
    'finding',
    new ResourceTemplate('findings://finding/{id}', { list: undefined }),
    { title: 'Finding', description: 'One finding', mimeType },
    (uri, { id }, context) => {
      const finding = callOf(context).findings.find(String(id))
      if (!finding) throw new ResourceNotFoundError(uri.href)
      return contents(uri, finding)
    },
  )
}

function registerTriage(mcpServer: McpServer) {
  mcpServer.registerPrompt(
    'triage',
    { title: 'Triage', description: 'Work through the open findings of one severity', argsSchema: triageArguments },
    ({ severity }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'text',
            text: `List the open findings of severity ${severity}, group them by package, and propose what to fix first and why.`,
          },
        },
      ],
    }),
  )
}
