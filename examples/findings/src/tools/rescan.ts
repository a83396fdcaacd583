import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { tool } from './tool.ts'

export const rescan = tool({
  name: 'rescan',
  title: 'Scan again',
  description: 'Walks through the repositories of your teamspace and reports progress while it does.',
  // Together at most 25 seconds, so that one call cannot hold a connection for as long as it likes.
  input: z.object({
    steps: z.int().min(1).max(50).default(8).describe('How many progress notifications to send'),
    intervalMs: z.int().min(0).max(500).default(250).describe('How long each step takes'),
  }),
  output: z.object({ repositories: z.array(z.string()), findings: z.int(), steps: z.int() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  async run({ steps, intervalMs }, { principal, inventory, now, mcp }) {
    const repositories = inventory.repositories.names()
    for (let step = 1; step <= steps; step++) {
      await sleep(intervalMs, undefined, { signal: mcp.mcpReq.signal })
      await reportProgress(mcp, step, steps, `Scanned ${repositories[step % repositories.length]}`)
    }
    inventory.repositories.recordScan(principal.subject, new Date(now()).toISOString(), repositories)
    return { repositories, findings: inventory.findings.count(), steps }
  },
})

async function reportProgress({ mcpReq }: ServerContext, progress: number, total: number, message: string) {
  const progressToken = mcpReq._meta?.progressToken
  // A caller that sent no token did not ask for progress.
  if (progressToken === undefined) return
  await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total, message } })
}
