import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { answer, type CallOf, refuse } from './call.ts'
import { FINDING_ID } from './paging.ts'

const inputSchema = z.object({ id: FINDING_ID, note: z.string().max(1000).optional() })

export function registerAcknowledgeFinding(mcpServer: McpServer, callOf: CallOf) {
  mcpServer.registerTool(
    'acknowledge_finding',
    {
      title: 'Acknowledge a finding',
      description: 'Marks a finding as accepted by you, with an optional note. Overwrites an earlier acknowledgement.',
      inputSchema,
      // Destructive, because what stood there before is lost.
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ id, note }, context) => {
      const { caller, findings, now } = callOf(context)
      const finding = findings.acknowledge(id, caller.subject, new Date(now()).toISOString(), note ?? null)
      return finding ? answer({ ...finding }) : refuse(`There is no finding ${id}.`)
    },
  )
}
