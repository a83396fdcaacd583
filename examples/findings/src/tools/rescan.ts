import { setTimeout as sleep } from 'node:timers/promises'
import type { McpServer, ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { answer, type CallOf } from './call.ts'

// Together at most 25 seconds, so that one call cannot hold a connection for as long as it likes.
const inputSchema = z.object({
  steps: z.int().min(1).max(50).default(8).describe('How many progress notifications to send'),
  intervalMs: z.int().min(0).max(500).default(250).describe('How long each step takes'),
})

export function registerRescan(mcpServer: McpServer, callOf: CallOf) {
  mcpServer.registerTool(
    'rescan',
    {
      title: 'Scan again',
      description: 'Walks through the repositories of your teamspace and reports progress while it does.',
      inputSchema,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    },
    async ({ steps, intervalMs }, context) => {
      const repositories = callOf(context).findings.countBy('repository')
      for (let step = 1; step <= steps; step++) {
        await sleep(intervalMs, undefined, { signal: context.mcpReq.signal })
        const repository = repositories[step % repositories.length]
        await reportProgress(context, step, steps, `Scanned ${repository?.name}`)
      }
      const { caller, findings, now } = callOf(context)
      findings.recordScan(caller.subject, new Date(now()).toISOString(), repositories.length)
      return answer({ repositories: repositories.length, findings: findings.count(), steps })
    },
  )
}

async function reportProgress(context: ServerContext, progress: number, total: number, message: string) {
  const progressToken = context.mcpReq._meta?.progressToken
  // A caller that sent no token did not ask for progress.
  if (progressToken === undefined) return
  await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total, message } })
}
