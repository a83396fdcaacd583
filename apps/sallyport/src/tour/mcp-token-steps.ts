import { createHttpAdminClient } from '../cli/admin-client.ts'
import type { DemoFile } from '../demo/demo-files.ts'
import { callTool, connectWith } from './mcp-session.ts'
import { allowed, bearer, expect, post, refused } from './step.ts'
import type { TourStep } from './step.ts'

/** Clients that cannot sign in. */
export function mcpTokenSteps(demo: DemoFile, fetcher: typeof fetch): TourStep[] {
  const { slug, mcpUrl, token } = demo.mcpToken
  const admin = createHttpAdminClient(demo, fetcher)

  return [
    {
      title: 'a pasted MCP token calls a tool, and nobody signs in',
      async run() {
        const seen = await callTool(await connectWith(mcpUrl, bearer(token)), 'whoami')
        expect(seen['issuer'] === demo.publicUrl, `the server saw issuer ${String(seen['issuer'])}`)
        return `${token.slice(0, 12)}… of ${slug}`
      },
    },
    {
      title: 'revoking a token counts on its next call',
      async run() {
        const tokens = `/teamspaces/${slug}/mcp-tokens`
        const minted = await admin.send<{ id: string; token: string }>('POST', tokens, { name: 'Tour' })
        const call = () => post(fetcher, mcpUrl, bearer(minted.token))
        const before = await call()
        await admin.send('DELETE', `${tokens}/${minted.id}`)
        return `${await allowed(before)}, then ${await refused(await call(), 'token_invalid')}`
      },
    },
    {
      title: 'an MCP token is refused at a server that takes Entra tokens only',
      run: async () => refused(await post(fetcher, demo.mcpUrl, bearer(token)), 'credential_kind_refused'),
    },
  ]
}
