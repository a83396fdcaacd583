import { createHttpAdminClient } from '../cli/admin-client.ts'
import type { DemoFile, DemoTeamspace } from '../demo/demo-files.ts'
import { connect } from './mcp-session.ts'
import type { Era } from './mcp-session.ts'
import { HeadlessSignIn } from './sign-in.ts'

export interface TourStep {
  readonly title: string
  /** Answers what was seen, in a few words. Rejects when the promise did not hold. */
  run(): Promise<string>
}

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'tour', version: '1.0.0' } },
})

/** What the tour shows, in order; later steps use the sign-in of earlier ones. */
export function tourSteps(demo: DemoFile, fetcher: typeof fetch): TourStep[] {
  const [first, second] = demo.teamspaces as [DemoTeamspace, DemoTeamspace]
  const member = new HeadlessSignIn(first.users[0]!.email, fetcher)
  const foreigner = new HeadlessSignIn(second.users[0]!.email, fetcher)
  const stranger = new HeadlessSignIn(first.strangers[0]!.email, fetcher)
  const admin = createHttpAdminClient(demo, fetcher)
  let metadataUrl = ''
  let seen: Record<string, unknown> = {}

  const post = (url: string, accessToken?: string) =>
    fetcher(url, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
      },
      body: INITIALIZE,
    })

  const whoami = async (era: Era) => {
    const client = await connect(first.mcpUrl, member, era)
    seen = structured(await client.callTool({ name: 'whoami', arguments: {} }))
    const revision = client.getNegotiatedProtocolVersion()
    await client.close()
    return revision
  }

  return [
    {
      title: 'a call without a token is told where to sign in',
      async run() {
        const response = await post(first.mcpUrl)
        metadataUrl = /resource_metadata="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1] ?? ''
        expect(response.status === 401 && metadataUrl !== '', `${response.status} without resource_metadata`)
        return `401, ${metadataUrl}`
      },
    },
    {
      title: 'discovery leads from the server to its authorization server',
      async run() {
        const resource = await json(fetcher, metadataUrl)
        expect(resource.resource === first.mcpUrl, `resource is ${String(resource.resource)}`)
        const issuer = new URL((resource.authorization_servers as string[])[0]!)
        const metadata = await json(
          fetcher,
          `${issuer.origin}/.well-known/oauth-authorization-server${issuer.pathname}`,
        )
        expect(metadata.issuer === issuer.href, `issuer is ${String(metadata.issuer)}`)
        expect([metadata.code_challenge_methods_supported].flat().includes('S256'), 'no PKCE with S256')
        return `issuer ${issuer.href}`
      },
    },
    {
      title: 'an unmodified MCP client signs in and calls a tool (2026-07-28)',
      async run() {
        return `${first.users[0]!.email}, protocol ${await whoami('2026-07-28')}`
      },
    },
    {
      title: 'the same over the earlier protocol, with a session',
      async run() {
        return `protocol ${await whoami('legacy')}`
      },
    },
    {
      title: 'the server saw a token minted for it, and for that person',
      async run() {
        expect(seen.audience === first.apiClientId, `audience ${String(seen.audience)}`)
        expect(seen.oid === first.users[0]!.oid, `oid ${String(seen.oid)}`)
        return `aud ${String(seen.audience).slice(0, 13)}…, oid ${String(seen.oid).slice(0, 13)}…`
      },
    },
    {
      title: 'a stream begins within a second, long before it ends',
      async run() {
        const client = await connect(first.mcpUrl, member, '2026-07-28')
        const startedAt = performance.now()
        let firstAfterMs: number | undefined
        await client.callTool(
          { name: 'rescan', arguments: { steps: 8, intervalMs: 200 } },
          { onprogress: () => (firstAfterMs ??= performance.now() - startedAt) },
        )
        const wholeMs = performance.now() - startedAt
        await client.close()
        expect(firstAfterMs !== undefined && firstAfterMs < 1000, `first event after ${firstAfterMs ?? 'never'} ms`)
        return `first event after ${Math.round(firstAfterMs!)} ms, the last after ${Math.round(wholeMs)} ms`
      },
    },
    {
      title: 'a person who signs in but is no member is refused',
      async run() {
        const accessToken = await signedIn(first.mcpUrl, stranger)
        return refused(await post(first.mcpUrl, accessToken), 'member_unknown')
      },
    },
    {
      title: "another Entra tenant's token is refused at this teamspace's address",
      async run() {
        const accessToken = await signedIn(second.mcpUrl, foreigner)
        return refused(await post(first.mcpUrl, accessToken), 'teamspace_mismatch')
      },
    },
    {
      title: 'a new member is let in, and taking them out counts on their next call',
      async run() {
        const { email, oid } = first.strangers[0]!
        const accessToken = await signedIn(first.mcpUrl, stranger)
        const members = `/teamspaces/${first.slug}/members`
        await admin.send('POST', members, { email, objectId: oid })
        const within = await post(first.mcpUrl, accessToken)
        await within.body?.cancel()
        await admin.send('DELETE', `${members}?email=${encodeURIComponent(email)}`)
        expect(within.status === 200, `the member got ${within.status}`)
        return `200, then ${await refused(await post(first.mcpUrl, accessToken), 'member_unknown')}`
      },
    },
  ]
}

function expect(held: boolean, otherwise: string): asserts held {
  if (!held) throw new Error(otherwise)
}

async function json(fetcher: typeof fetch, url: string): Promise<Record<string, unknown>> {
  const response = await fetcher(url)
  expect(response.ok, `${url} answered ${response.status}`)
  return (await response.json()) as Record<string, unknown>
}

/** The access token of whoever signs in, members or not: the sign-in itself is Entra's. */
async function signedIn(url: string, signIn: HeadlessSignIn): Promise<string> {
  if (signIn.tokens() === undefined) {
    const client = await connect(url, signIn, '2026-07-28').catch(() => undefined)
    await client?.close()
  }
  const accessToken = signIn.tokens()?.access_token
  expect(accessToken !== undefined, 'the sign-in gave no access token')
  return accessToken
}

async function refused(response: Response, code: string): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as { code?: string; error_description?: string }
  expect(response.status === 401 && body.code === code, `${response.status} ${body.code ?? ''}`)
  return `401, ${body.error_description}`
}

const structured = (result: unknown): Record<string, unknown> => {
  const { structuredContent, content } = result as { structuredContent?: object; content?: { text?: string }[] }
  return (structuredContent ?? JSON.parse(content?.[0]?.text ?? '{}')) as Record<string, unknown>
}
