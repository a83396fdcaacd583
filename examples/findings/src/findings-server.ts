import { McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { SEVERITIES } from './store/severity.ts'
import { statsOf } from './tools/stats.ts'
import { register, type Deps } from './tools/tool.ts'
import { TOOLS } from './tools/tools.ts'

const triageArguments = z.object({ severity: z.enum(SEVERITIES).default('critical') })

/** What this server offers. The inventory of `deps` is that of whoever calls: nothing here can name a teamspace. */
export function createFindingsServer(deps: Deps): McpServer {
  const mcpServer = new McpServer(
    { name: 'findings', title: 'Compliance scanner', version: '0.1.0' },
    {
      instructions:
        'Security findings, packages, CVEs and scan results of your teamspace. All are made up; ids start with SAMPLE.',
    },
  )
  for (const definition of TOOLS) register(mcpServer, definition, deps)
  registerResources(mcpServer, deps)
  registerTriage(mcpServer)
  return mcpServer
}

function registerResources(mcpServer: McpServer, { inventory }: Deps) {
  const mimeType = 'application/json'
  const contents = (uri: URL, value: object) => ({
    contents: [{ uri: uri.href, mimeType, text: JSON.stringify(value) }],
  })

  mcpServer.registerResource(
    'summary',
    'findings://summary',
    { title: 'Summary', description: 'How many findings there are', mimeType },
    (uri) => contents(uri, statsOf(inventory)),
  )
  mcpServer.registerResource(
    'finding',
    new ResourceTemplate('findings://finding/{id}', { list: undefined }),
    { title: 'Finding', description: 'One finding', mimeType },
    (uri, { id }) => {
      const finding = inventory.findings.find(String(id))
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
