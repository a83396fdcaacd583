import type { DemoFile } from '../demo/demo-files.ts'
import { callTool, connect, connectWith } from './mcp-session.ts'
import type { HeadlessSignIn } from './sign-in.ts'
import { bearer, expect } from './step.ts'
import type { TourStep } from './step.ts'
import { createToken } from './workload-steps.ts'

const MAX_PAGES = 50

/** The same server and tool, by each way in. */
export function isolationStep(demo: DemoFile, person: HeadlessSignIn, fetcher: typeof fetch): TourStep {
  const { oidc, mcpToken, kubernetes } = demo
  return {
    title: 'each teamspace saw its own findings, and none of another',
    async run() {
      const workload = await createToken(demo, fetcher, kubernetes.audience)
      const found = {
        [mcpToken.slug]: await findingsOf(() => connectWith(mcpToken.mcpUrl, bearer(mcpToken.token))),
        [kubernetes.slug]: await findingsOf(() => connectWith(kubernetes.mcpUrl, bearer(workload))),
        [oidc.slug]: await findingsOf(() => connect(oidc.mcpUrl, person, '2026-07-28')),
      }
      const [counts, all] = [Object.values(found).map(({ size }) => size), Object.values(found)]
      const union = new Set(all.flatMap((ids) => [...ids]))
      expect(!counts.includes(0), `somebody saw nothing: ${counts.join(', ')}`)
      const shared = counts.reduce((sum, count) => sum + count, 0) - union.size
      expect(shared === 0, `${shared} findings were seen by two teamspaces`)
      return Object.entries(found)
        .map(([slug, { size }]) => `${slug} ${size}`)
        .join(', ')
    },
  }
}

type Connect = () => ReturnType<typeof connectWith>

/** The ids of all findings, page by page. */
async function findingsOf(connectAgain: Connect): Promise<Set<string>> {
  const ids = new Set<string>()
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await callTool(await connectAgain(), 'list_findings', { limit: 100, ...(cursor && { cursor }) })
    for (const { id } of answer['findings'] as { id: string }[]) ids.add(id)
    cursor = answer['nextCursor'] as string | undefined
    if (!cursor) return ids
  }
  throw new Error(`the list does not end after ${MAX_PAGES} pages`)
}
