import { createHttpAdminClient } from '../cli/admin-client.ts'
import type { DemoFile, DemoTeamspace, DemoUser } from '../demo/demo-files.ts'
import { callTool, connect } from './mcp-session.ts'
import type { Era } from './mcp-session.ts'
import { HeadlessSignIn } from './sign-in.ts'
import { allowed, bearer, expect, post, readJson, refused, short } from './step.ts'
import type { TourStep } from './step.ts'

/** People of two Entra tenants; later steps use the sign-in of earlier ones. */
export function entraSteps(demo: DemoFile, fetcher: typeof fetch): TourStep[] {
  const [first, second] = demo.teamspaces as [DemoTeamspace, DemoTeamspace]
  // prompt=none signs in without a password: the emulator's own way.
  const signInOf = ({ email }: DemoUser) => new HeadlessSignIn({ login_hint: email, prompt: 'none' }, fetcher)
  const member = signInOf(first.users[0]!)
  const foreigner = signInOf(second.users[0]!)
  const stranger = signInOf(first.strangers[0]!)
  const admin = createHttpAdminClient(demo, fetcher)
  const call = (accessToken: string) => post(fetcher, first.mcpUrl, bearer(accessToken))
  let metadataUrl = ''
  let seen: Record<string, unknown> = {}

  const whoami = async (era: Era) => {
    const client = await connect(first.mcpUrl, member, era)
    const revision = client.getNegotiatedProtocolVersion()
    seen = await callTool(client, 'whoami')
    return revision
  }

  return [
    {
      title: 'a call without a token is told where to sign in',
      async run() {
        const response = await post(fetcher, first.mcpUrl)
        metadataUrl = /resource_metadata="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1] ?? ''
        expect(response.status === 401 && metadataUrl !== '', `${response.status} without resource_metadata`)
        return `401, ${metadataUrl}`
      },
    },
    {
      title: 'discovery leads from the server to its authorization server',
      async run() {
        const resource = await readJson(fetcher, metadataUrl)
        expect(resource['resource'] === first.mcpUrl, `resource is ${String(resource['resource'])}`)
        const issuer = new URL((resource['authorization_servers'] as string[])[0]!)
        const at = `${issuer.origin}/.well-known/oauth-authorization-server${issuer.pathname}`
        const metadata = await readJson(fetcher, at)
        expect(metadata['issuer'] === issuer.href, `issuer is ${String(metadata['issuer'])}`)
        expect([metadata['code_challenge_methods_supported']].flat().includes('S256'), 'no PKCE with S256')
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
        expect(seen['audience'] === first.apiClientId, `audience ${String(seen['audience'])}`)
        expect(seen['oid'] === first.users[0]!.oid, `oid ${String(seen['oid'])}`)
        return `aud ${short(seen['audience'])}, oid ${short(seen['oid'])}`
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
        return `first event after ${Math.round(firstAfterMs)} ms, the last after ${Math.round(wholeMs)} ms`
      },
    },
    {
      title: 'a person who signs in but is no member is refused',
      run: async () => refused(await call(await signedIn(first.mcpUrl, stranger)), 'member_unknown'),
    },
    {
      title: "another Entra tenant's token is refused at this teamspace's address",
      run: async () => refused(await call(await signedIn(second.mcpUrl, foreigner)), 'teamspace_mismatch'),
    },
    {
      title: 'a new member is let in, and taking them out counts on their next call',
      async run() {
        const { email, oid } = first.strangers[0]!
        const accessToken = await signedIn(first.mcpUrl, stranger)
        const members = `/teamspaces/${first.slug}/members`
        await admin.send('POST', members, { email, objectId: oid })
        const within = await call(accessToken)
        await admin.send('DELETE', `${members}?email=${encodeURIComponent(email)}`)
        return `${await allowed(within)}, then ${await refused(await call(accessToken), 'member_unknown')}`
      },
    },
  ]
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
